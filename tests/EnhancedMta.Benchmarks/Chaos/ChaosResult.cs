using EnhancedMta.Benchmarks.Chaos.Checks;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary>What came of a run.</summary>
internal sealed record ChaosResult
{
    /// <summary>What the log and the sink say.</summary>
    public required AuditResult Audit { get; init; }

    public required IReadOnlyList<(Fault Fault, int Count)> Faults { get; init; }

    /// <summary>Real seconds in which things went wrong.</summary>
    public required double Seconds { get; init; }

    /// <summary>Real seconds from the last fault to the last final state.</summary>
    public required double DrainSeconds { get; init; }

    /// <summary>Events that the feedback endpoint took; null for an application without push.</summary>
    public required int? Pushed { get; init; }

    /// <summary>Requests of the client that broke off.</summary>
    public required int RequestsCut { get; init; }

    /// <summary>Requests that were answered by 409, 429, 500 or 503, and made again.</summary>
    public required int RequestsRepeated { get; init; }

    /// <summary>Of these, the ones answered by 500.</summary>
    public required int AnswersOf500 { get; init; }

    /// <summary>Processes that ended by themselves after they had started.</summary>
    public required int Crashes { get; init; }

    /// <summary>Starts that failed for want of storage.</summary>
    public required int FailedStarts { get; init; }

    /// <summary>Faults of its own that the application logged.</summary>
    public required int OwnFaults { get; init; }

    /// <summary>Where each process's output is; null when it was thrown away.</summary>
    public string? Logs { get; init; }

    public int TotalFaults => Faults.Sum(f => f.Count);

    public bool IsGood => Audit.Findings.Count == 0 && Crashes == 0;
}
