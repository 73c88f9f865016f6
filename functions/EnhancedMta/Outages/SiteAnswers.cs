namespace EnhancedMta.Outages;

/// <summary>A site's answers as one process sees them: what all knew at the last exchange, and what came since. Locked by its users.</summary>
internal sealed class SiteAnswers(SiteRow known)
{
    public SiteRow Known { get; set; } = known;

    /// <summary>The row was read at least once: until then nothing is known of what others saw.</summary>
    public bool IsRead { get; set; }

    public AnswerCounts Since { get; set; }

    /// <summary>Addresses that accepted mail since.</summary>
    public AcceptedSample Fresh { get; set; } = new();

    public bool FreshChanged { get; set; }

    public long AcceptedAfterAll { get; set; }

    public long RefusedAgain { get; set; }

    /// <summary>Begun here and not yet told to others.</summary>
    public Hold? Begun { get; set; }

    public DateTimeOffset Exchanged { get; set; }

    public Hold? Hold => Begun ?? Known.Hold;

    public bool HasNews => Since.Total > 0 || FreshChanged || AcceptedAfterAll + RefusedAgain > 0 || Begun is not null;

    /// <summary>News that others should know soon.</summary>
    public bool IsUrgent => Since.Unknown > 0 || AcceptedAfterAll + RefusedAgain > 0 || Begun is not null;
}
