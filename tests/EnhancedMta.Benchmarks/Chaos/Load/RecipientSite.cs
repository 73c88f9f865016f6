using System.Net;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Chaos.Load;

/// <summary>Where recipients are.</summary>
/// <param name="Name">In its domain.</param>
/// <param name="Number">Of its address on loopback.</param>
internal sealed record RecipientSite(string Name, byte Number)
{
    public static IReadOnlyList<RecipientSite> All { get; } =
    [
        new("plain", 21),
        new("gate", 22) { Throttle = new Throttle(60, TimeSpan.FromMinutes(3), new SinkReply(421, "4.7.0", "More mail than we take from a stranger, this host is closed to you for some minutes")) },
        new("slow", 23) { Delay = TimeSpan.FromMilliseconds(15) },
        new("north", 24),
        new("east", 25),
        new("south", 26),
        new("west", 27),
    ];

    public Throttle? Throttle { get; init; }

    public TimeSpan Delay { get; init; }

    public string Domain => $"{Name}.test";

    /// <summary>Its MX, which the DNS knows.</summary>
    public string Host => $"mx.{Domain}";

    public IPAddress Address => new([127, 0, 0, Number]);

    public Persona Persona => new(Name, Host, [Domain])
    {
        Rules = [.. RecipientKind.All.Append(RecipientKind.Full).Select(kind => kind.Rule).OfType<RecipientRule>()],
        Throttle = Throttle,
        Delay = Delay,
    };

    /// <summary>Short time limits, that faults may be many in a short run; and a floor below which adaptation does not go, that mail still flows.</summary>
    public object Rule => new
    {
        id = Name,
        mx = Host,
        maxConnections = 8,
        maxMessagesPerConnection = 40,
        messagesPerHour = 600_000,
        minMessagesPerHour = 60_000,
        minConnections = 4,
        timeouts = new { connect = "PT3S", data = "PT1M", other = "PT5S" },
        tls = "off",
        why = "Of the chaos run.",
    };
}
