using EnhancedMta.Smtp;

namespace EnhancedMta.MxRules;

/// <summary>Limits for the sites that it is for. Rules are data (their form is in <c>mx-rules.schema.json</c>); the first that applies holds.</summary>
public sealed record MxRule
{
    public required string Id { get; init; }

    /// <summary>Of MX hosts, with <c>*</c> and <c>?</c>: each host of the site must match one. Empty when the rule goes by <see cref="Provider"/>, or is generic.</summary>
    public IReadOnlyList<string> MxMasks { get; init; } = [];

    /// <summary>Name of a provider: each host of the site must be of it.</summary>
    public string? Provider { get; init; }

    /// <summary>Only egresses whose public id is in it; null for all.</summary>
    public PublicIdRange? PublicIds { get; init; }

    /// <summary>What the limits are counted over: each site of its own, or all sites of the rule together.</summary>
    public LimitScope Scope { get; init; } = LimitScope.Site;

    /// <summary>Over all egresses together; else each egress has the limits for itself.</summary>
    public bool Shared { get; init; }

    /// <summary>Open at once, idle ones included.</summary>
    public required int MaxConnections { get; init; }

    public required int MaxMessagesPerConnection { get; init; }

    /// <summary>Enforced in twelve slices of 5 minutes. Null for no limit.</summary>
    public int? MessagesPerHour { get; init; }

    /// <summary>Null for no limit.</summary>
    public int? ConnectionsPerMinute { get; init; }

    /// <summary>Adaptation goes no lower than this.</summary>
    public int MinConnections { get; init; } = 1;

    /// <summary>Adaptation goes no lower than this.</summary>
    public int MinMessagesPerHour { get; init; } = 60;

    public SmtpTimeouts Timeouts { get; init; } = new();

    public TlsLevel Tls { get; init; } = TlsLevel.Opportunistic;

    /// <summary>What a reply's words do to the path's limits: the rule's own, then the general ones. Ask <see cref="TriggersFor"/>.</summary>
    public IReadOnlyList<ReplyTrigger> Triggers { get; init; } = [];

    /// <summary>For people: where the figures come from.</summary>
    public string? Why { get; init; }

    /// <summary>It is for every site and every egress.</summary>
    public bool IsForAll => Provider is null && MxMasks.Count == 0 && PublicIds is null;

    /// <summary>Whether it holds wherever <paramref name="other"/> would. False may also mean that it is not known.</summary>
    internal bool Covers(MxRule other)
    {
        if (PublicIds is { } range && !(other.PublicIds is { } theirs && range.Contains(theirs.First) && range.Contains(theirs.Last)))
            return false;
        if (Provider is null && MxMasks.Count == 0)
            return true;
        return Provider is not null ? Provider == other.Provider : other.MxMasks.Count > 0 && other.MxMasks.All(narrow => MxMasks.Any(wide => HostMask.Covers(wide, narrow)));
    }

    /// <summary>Whether both limit the same by the same, for whomever they are.</summary>
    internal bool LimitsAs(MxRule other)
    {
        return Bare(this) == Bare(other) && Triggers.Count == other.Triggers.Count && Triggers.Zip(other.Triggers).All(pair => pair.First.DoesAs(pair.Second));

        static MxRule Bare(MxRule rule) => rule with { MxMasks = [], Provider = null, PublicIds = null, Triggers = [], Why = null };
    }

    /// <summary>
    /// The triggers that a refusal matches, which all apply. The general ones are asked only when none of the rule's own matches: what is
    /// known of a provider goes before what is said of all.
    /// </summary>
    public IReadOnlyList<ReplyTrigger> TriggersFor(SmtpReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        if (Triggers.Count == 0 || !(reply.IsTransient || reply.IsPermanent))
            return [];
        var text = TriggerText.Of(reply);
        var own = Matching(general: false);
        return own.Count > 0 ? own : Matching(general: true);

        List<ReplyTrigger> Matching(bool general) => [.. Triggers.Where(t => t.IsGeneral == general && t.Pattern.IsMatch(text))];
    }
}

/// <summary>Both ends included.</summary>
public readonly record struct PublicIdRange(int First, int Last)
{
    public bool Contains(int publicId) => publicId >= First && publicId <= Last;
}

public enum LimitScope
{
    /// <summary>A set of MX hosts.</summary>
    Site,
    /// <summary>All sites that the rule is for: Microsoft gives each domain MX names of its own.</summary>
    Rule,
}
