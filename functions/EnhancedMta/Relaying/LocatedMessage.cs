using EnhancedMta.Egresses;
using EnhancedMta.Paths;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Relaying;

/// <summary>A message, where it goes, and by what.</summary>
internal sealed record LocatedMessage(RelayItem Item, Site Site, Egress Egress, string Provider, PathUse Path)
{
    /// <summary>What the recipient's domain asks of TLS; null for a smarthost, which is whom we deal with then.</summary>
    public DomainPolicy? Policy { get; init; }
}
