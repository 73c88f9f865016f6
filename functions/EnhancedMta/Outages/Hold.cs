namespace EnhancedMta.Outages;

/// <summary>Verdicts of a site that are held, and what became of those tried again.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Since">When it began; refusals shortly before count as of the same outage.</param>
/// <param name="Because">For people.</param>
/// <param name="AcceptedAfterAll">Held addresses that took the mail later.</param>
/// <param name="RefusedAgain">Held addresses that were refused once more.</param>
internal sealed record Hold(HoldState State, DateTimeOffset Since, string Because, long AcceptedAfterAll, long RefusedAgain)
{
    // Three who took the mail after all, and a tenth of those asked again: nobody's list heals itself.
    private const int MinAccepted = 3;
    private const double MinAcceptedShare = 0.1;

    // Failure days of the past ended within some hours.
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);
    private const int MinRefusedAgain = 20;

    /// <summary>What is known by now.</summary>
    public HoldState Known(DateTimeOffset now) => State != HoldState.Holding ? State
        : AcceptedAfterAll >= MinAccepted && AcceptedAfterAll >= MinAcceptedShare * (AcceptedAfterAll + RefusedAgain) ? HoldState.WasOutage
        : now - Since >= Patience && RefusedAgain >= MinRefusedAgain ? HoldState.WasReal
        : State;
}

internal enum HoldState
{
    /// <summary>It is not known yet whether the addresses are wrong: they are tried again.</summary>
    Holding,
    /// <summary>They are not: verdicts given before the hold are to be reversed.</summary>
    WasOutage,
    /// <summary>They are: what is refused is Hard again.</summary>
    WasReal,
    /// <summary>Reversed.</summary>
    Reversed,
}
