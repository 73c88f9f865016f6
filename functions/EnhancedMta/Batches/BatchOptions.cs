namespace EnhancedMta.Batches;

/// <summary>Times of the work on batches. The defaults suit the Functions host; tests that kill processes shorten them.</summary>
public sealed record BatchOptions
{
    /// <summary>How long a claim holds without being renewed: what a killed worker's batch waits at most.</summary>
    public TimeSpan ClaimLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a process that cannot say that it lives keeps its leave for connections: what others wait for a killed one's at most.</summary>
    public TimeSpan LeaseLifetime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After so long somebody looks whether a partition's batches are being worked on.</summary>
    public TimeSpan GuardDelay { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one invocation works on a batch before it gives back what is left, well below the host's time-out.</summary>
    public TimeSpan RunTime { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>
    /// Messages of a batch that may be handed over and not yet settled: what a killed worker can repeat at most. Results are settled
    /// when most of it is taken, so it also sets the storage operations per message.
    /// </summary>
    public int InFlight { get; init; } = 56;
}
