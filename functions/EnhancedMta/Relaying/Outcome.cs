using EnhancedMta.Egresses;
using EnhancedMta.Paths.Slices;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;

namespace EnhancedMta.Relaying;

/// <summary>What becomes of a message now.</summary>
internal sealed record Outcome
{
    public required RelayItem Item { get; init; }

    public required MessageState State { get; init; }

    /// <summary>The server was reached and answered for this message.</summary>
    public bool CountsAttempt { get; init; }

    /// <summary>Why it failed or waits.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>The try behind it; null when none was made (expiry, a site that is left alone).</summary>
    public AttemptResult? Attempt { get; init; }

    public Egress? Egress { get; init; }

    /// <summary>When the server took it; results are settled a little later.</summary>
    public DateTimeOffset? Taken { get; init; }

    /// <summary>For a message that waits: when it is tried again, or expires.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>For a message that waits: the slice in which its path has room planned for it.</summary>
    public Slice? Slice { get; init; }

    /// <summary>For people.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>It may have been handed over without us learning so.</summary>
    public bool PossibleRepeat { get; init; }

    /// <summary>Leave no trace in the history: a hundred waits of a site are not a hundred attempts.</summary>
    public bool Silent { get; init; }

    /// <summary>Losing this result in a crash would send the message again.</summary>
    public bool IsUrgent => State != MessageState.Waiting || PossibleRepeat;
}
