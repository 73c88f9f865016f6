using System.Net;
using EnhancedMta.Sites;

namespace EnhancedMta.Egresses;

/// <summary>A sending IP, with the fields of Campaign's IPAffinity, and the way to send from it.</summary>
/// <param name="PublicId">Campaign's number of the IP. No two egresses have the same.</param>
/// <param name="HeloHost">What we say in EHLO; its address record should be the IP (RFC 5321 §4.1.1.1).</param>
/// <param name="Address">
/// For direct sockets the local address to bind, or null for the system's choice; for a proxy the address that it sends from. Hosts without
/// an address of its family cannot be reached. Null for a smarthost.
/// </param>
public sealed record Egress(int PublicId, string HeloHost, IPAddress? Address)
{
    public EgressKind Kind { get; init; } = EgressKind.Direct.Instance;

    /// <summary>Its share of the messages, against the weights of the others.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Recipient domains that it is for; empty for all.</summary>
    public DomainMasks IncludeDomains { get; init; } = DomainMasks.None;

    /// <summary>Recipient domains that it is not for, among those.</summary>
    public DomainMasks ExcludeDomains { get; init; } = DomainMasks.None;

    /// <summary>The IP has its reputation already: no warm-up.</summary>
    public bool DeclaredWarm { get; init; }

    /// <summary>A cold IP has daily budgets. A smarthost's IPs are not ours to warm.</summary>
    public bool HasWarmUp => !DeclaredWarm && Kind is not EgressKind.Smarthost;

    /// <summary>Whether mail for the domain may go this way.</summary>
    public bool Allows(string domain) => (IncludeDomains.IsEmpty || IncludeDomains.Contains(domain)) && !ExcludeDomains.Contains(domain);

    /// <summary>Whom its sessions are with: a smarthost takes the mail of all sites, so that there is one path to it and not one for each.</summary>
    public Site Destination(Site site) => Kind is EgressKind.Smarthost smarthost ? smarthost.Site : site;

    /// <summary>An egress is its public id; the rest may change with the settings.</summary>
    public bool Equals(Egress? other) => other?.PublicId == PublicId;

    public override int GetHashCode() => PublicId;

    public override string ToString() => $"{PublicId} ({HeloHost})";
}
