namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>What the sending log and the sink say in the end.</summary>
internal sealed record AuditResult
{
    /// <summary>Messages whose request was answered by 202.</summary>
    public required int Accepted { get; init; }

    public required long Delivered { get; init; }

    public required long Failed { get; init; }

    /// <summary>Accepted, and not final in the log; or delivered by the log, and never at the sink.</summary>
    public required int Lost { get; init; }

    /// <summary>Times that the sink took a message which it had.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Our own KPI, an upper bound of them.</summary>
    public required long PossibleRepeats { get; init; }

    /// <summary>Events in the feed.</summary>
    public required long Events { get; init; }

    /// <summary>One line for each thing that is not as it must be.</summary>
    public required IReadOnlyList<string> Findings { get; init; }
}
