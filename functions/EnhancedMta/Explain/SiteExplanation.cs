using EnhancedMta.Paths;

namespace EnhancedMta.Explain;

/// <summary>Where a domain's mail goes, and what holds it back: the answer to "why is it slow".</summary>
public sealed record SiteExplanation
{
    public required string Domain { get; init; }

    /// <summary>Its MX hosts in the order of preference.</summary>
    public IReadOnlyList<ExplainedHost> Mx { get; init; } = [];

    /// <summary>An operator's route leads there, not the DNS.</summary>
    public bool IsRouted { get; init; }

    /// <summary>Why there are none.</summary>
    public string? Error { get; init; }

    /// <summary>What was asked and answered.</summary>
    public string? Detail { get; init; }

    /// <summary>Key of the set of hosts, by which limits and sessions are shared.</summary>
    public string? Site { get; init; }

    /// <summary>Whose the hosts are; null when nobody named them.</summary>
    public string? Provider { get; init; }

    /// <summary>Each egress by which the domain's mail could go.</summary>
    public IReadOnlyList<ExplainedEgress> Egresses { get; init; } = [];

    /// <summary>The whole in sentences.</summary>
    public IReadOnlyList<string> Says { get; init; } = [];
}

/// <param name="Host">Its name.</param>
/// <param name="Preference">Lower first.</param>
/// <param name="Port">25, unless a route says otherwise.</param>
public sealed record ExplainedHost(string Host, int Preference, int Port);

/// <param name="PublicId">Campaign's number of it.</param>
/// <param name="HeloHost">What it says in EHLO.</param>
/// <param name="Kind"><c>direct</c>, <c>socks5</c> or <c>smarthost</c>.</param>
/// <param name="IsAllowed">Whether its included and excluded domains allow it.</param>
/// <param name="Illness">Why it is set aside itself; null when it is well.</param>
/// <param name="Rule">The MX rule that holds.</param>
/// <param name="Path">The path's state; null when it was never used.</param>
public sealed record ExplainedEgress(int PublicId, string HeloHost, string Kind, bool IsAllowed, string? Illness, ExplainedRule Rule, PathOverview? Path)
{
    /// <summary>What keeps mail from going this way now; null when nothing does.</summary>
    public string? Binds => !IsAllowed ? "its domains do not include this one" : Illness ?? Path?.Binds;
}

/// <param name="Id">Of the rule.</param>
/// <param name="Source"><c>user</c> or <c>built-in</c>.</param>
/// <param name="Scope">What its limits are counted over.</param>
/// <param name="MaxConnections">By the rule.</param>
/// <param name="MaxMessagesPerConnection">By the rule.</param>
/// <param name="MessagesPerHour">By the rule; null for no limit.</param>
/// <param name="Why">Where the figures come from.</param>
public sealed record ExplainedRule(string Id, string Source, string Scope, int MaxConnections, int MaxMessagesPerConnection, int? MessagesPerHour, string? Why);
