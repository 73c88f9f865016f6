using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Net;
using System.Text;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>A mail provider as senders meet it: one MX with a temper of its own.</summary>
/// <param name="Name">For people.</param>
/// <param name="Host">How its server names itself.</param>
/// <param name="Domains">Recipient domains that it serves; others are refused as relaying.</param>
public sealed record Persona(string Name, string Host, IReadOnlyList<string> Domains)
{
    /// <summary>In order; a recipient meets one of them or none. Percentages add up, to 100 at most.</summary>
    public IReadOnlyList<RecipientRule> Rules { get; init; } = [];

    /// <summary>Where it listens. MX rules tell routed hosts apart by their addresses, of which loopback has many.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public Throttle? Throttle { get; init; }

    /// <summary>How long it thinks before each answer, in real time.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>After so many messages a connection is told 421 and closed.</summary>
    public int MessagesPerConnection { get; init; } = int.MaxValue;

    public bool Serves(string domain) => Domains.Contains(domain, StringComparer.OrdinalIgnoreCase);

    /// <summary>The rule that an address of one of the <see cref="Domains"/> meets, or null.</summary>
    public RecipientRule? RuleFor(string recipient)
    {
        if (Rules.FirstOrDefault(rule => rule.Prefix is { } prefix && recipient.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } named)
            return named;
        var point = PointOf(recipient);
        foreach (var rule in Rules)
        {
            point -= rule.Percent;
            if (point < 0) return rule;
        }
        return null;
    }

    /// <summary>0 to 100, the same for an address on every machine.</summary>
    [SuppressMessage("Globalization", "CA1308", Justification = "Not compared with anything: any case does, as long as it is one.")]
    private static double PointOf(string recipient) =>
        XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(recipient.ToLowerInvariant())) % 10_000 / 100.0;
}
