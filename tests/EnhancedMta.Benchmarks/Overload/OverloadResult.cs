namespace EnhancedMta.Benchmarks.Overload;

/// <summary>What came of a run.</summary>
internal sealed record OverloadResult
{
    /// <summary>Marketing messages a second that went out while there was always enough to do, and room for all; null when that was not measured.</summary>
    public required double? Capacity { get; init; }

    /// <summary>Marketing messages a second that were due at their senders.</summary>
    public required double Rate { get; init; }

    public required double Seconds { get; init; }

    public required Side Marketing { get; init; }

    public required Side Transactional { get; init; }

    /// <summary>Least and most that Retry-After said, in seconds.</summary>
    public required (double Least, double Most) Told { get; init; }

    public required int Lost { get; init; }

    public required int Duplicates { get; init; }

    public required int Unexpected { get; init; }

    /// <summary>Of the app's process before the load, and the most that it had.</summary>
    public required (double Before, double Peak) MemoryMB { get; init; }

    /// <summary>From the end of the load until all that was accepted had come.</summary>
    public required double DrainSeconds { get; init; }

    public double Offered => Math.Round(Rate * Seconds);

    public bool IsGood => Lost == 0 && Duplicates == 0 && Unexpected == 0 && Marketing.RefusedRequests > 0 && Transactional.RefusedRequests == 0;
}

/// <summary>A lane's part in it.</summary>
/// <param name="Offered">Messages.</param>
/// <param name="Accepted">Messages.</param>
/// <param name="Requests">Made.</param>
/// <param name="Refused">Requests, by bound.</param>
/// <param name="Waits">Seconds from acceptance to the recipient's server, in order.</param>
internal sealed record Side(int Offered, int Accepted, int Requests, IReadOnlyDictionary<string, int> Refused, IReadOnlyList<double> Waits)
{
    public int RefusedRequests => Refused.Values.Sum();

    public double Wait(double share) => Waits.Count == 0 ? 0 : Waits[Math.Min(Waits.Count - 1, (int)(Waits.Count * share))];
}
