using EnhancedMta.Egresses;
using EnhancedMta.MxRules;

namespace EnhancedMta.Modes;

/// <summary>Campaign's own MTA, which takes all mail in the native mode.</summary>
/// <param name="Egress">The way to it; null when none is configured.</param>
public sealed record NativeMta(Egress? Egress)
{
    /// <summary>It shapes what it sends itself; these bounds only keep us from flooding it.</summary>
    internal static MxRule Rule { get; } = new()
    {
        Id = "native",
        MaxConnections = 100,
        MaxMessagesPerConnection = 1_000,
        Why = "Campaign's native MTA has rules of its own.",
    };
}
