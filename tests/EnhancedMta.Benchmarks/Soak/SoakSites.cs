using System.Net;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>
/// Where the recipients of a soak are: most at a server that takes all but for a few that it does not know, some at one that greylists, and some at one
/// whose limit of messages an hour leaves a part of every other slice's mail for the next.
/// </summary>
internal static class SoakSites
{
    public const string Plain = "plain.test";
    public const string Picky = "picky.test";
    public const string Limited = "limited.test";

    /// <summary>Local parts that begin so.</summary>
    public const string Grey = "grey";
    public const string Unknown = "unknown";

    /// <summary>Of all recipients.</summary>
    public const double GreyShare = 0.04;
    public const double UnknownShare = 0.005;
    public const double LimitedShare = 0.04;

    /// <summary>So much more and less of it in every other slice.</summary>
    public const double Wave = 0.5;

    private static readonly IPAddress PlainAddress = new([127, 0, 0, 31]);
    private static readonly IPAddress PickyAddress = new([127, 0, 0, 32]);
    private static readonly IPAddress LimitedAddress = new([127, 0, 0, 33]);

    public static IReadOnlyList<string> Domains => [Plain, Picky, Limited];

    public static IReadOnlyList<Persona> Personas =>
    [
        new("plain", "mx." + Plain, [Plain])
        {
            Address = PlainAddress,
            Rules = [new("unknown", new SinkReply(550, "5.1.1", "<{recipient}>: nobody of that name has a mailbox here")) { Prefix = Unknown }],
        },
        new("picky", "mx." + Picky, [Picky])
        {
            Address = PickyAddress,
            Rules = [new("greylisted", new SinkReply(451, "4.7.1", "Greylisted: <{recipient}> has not had mail from you before, come back in 5 minutes")) { Prefix = Grey, Tries = 1, Wait = TimeSpan.FromMinutes(5) }],
        },
        new("limited", "mx." + Limited, [Limited]) { Address = LimitedAddress },
    ];

    /// <summary>Few messages a connection, so that thousands of connections come and go.</summary>
    /// <param name="rate">Messages a second, of all.</param>
    public static IEnumerable<object> Rules(double rate) =>
    [
        Rule("plain", PlainAddress, null, null),
        // Its 4xx are no reason to slow down.
        Rule("picky", PickyAddress, 1_000_000, 1_000_000),
        Rule("limited", LimitedAddress, (int)Math.Ceiling(rate * LimitedShare * 1.15 * Slice.Length.TotalSeconds) * Slice.PerHour, null),
    ];

    private static object Rule(string name, IPAddress address, int? perHour, int? leastPerHour) => new
    {
        id = name,
        mx = address.ToString(),
        maxConnections = 8,
        maxMessagesPerConnection = 50,
        messagesPerHour = perHour,
        minMessagesPerHour = leastPerHour,
        tls = "off",
        why = "Of the soak.",
    };
}
