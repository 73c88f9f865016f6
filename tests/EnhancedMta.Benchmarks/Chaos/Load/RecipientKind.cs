using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Chaos.Load;

/// <summary>How a recipient's server answers, and what must become of a message to such a one.</summary>
/// <param name="Prefix">Of the local part.</param>
/// <param name="Share">How often it is among the recipients.</param>
/// <param name="IsDelivered">What the log must say in the end.</param>
internal sealed record RecipientKind(string Prefix, int Share, bool IsDelivered)
{
    /// <summary>What its server answers; null when it takes all.</summary>
    public RecipientRule? Rule { get; init; }

    public static IReadOnlyList<RecipientKind> All { get; } =
    [
        new("good", 12, IsDelivered: true),
        new("unknown", 1, IsDelivered: false) { Rule = new("unknown", new SinkReply(550, "5.1.1", "<{recipient}>: nobody of that name has a mailbox here")) { Prefix = "unknown" } },
        new("grey", 3, IsDelivered: true)
        {
            Rule = new("greylisted", new SinkReply(451, "4.7.1", "Greylisted: <{recipient}> has not had mail from you before, come back in 5 minutes")) { Prefix = "grey", Tries = 1, Wait = TimeSpan.FromMinutes(5) },
        },
        new("busy", 2, IsDelivered: true) { Rule = new("busy", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "busy", Tries = 2 } },
        new("refused", 1, IsDelivered: false) { Rule = new("refused", new SinkReply(554, "5.7.1", "This message goes against our policy")) { Prefix = "refused", AfterData = true } },
    ];

    /// <summary>A mailbox that nobody empties before the validity ends.</summary>
    public static RecipientKind Full { get; } = new("full", 1, IsDelivered: false) { Rule = new("full", new SinkReply(452, "4.2.2", "The mailbox of <{recipient}> is full")) { Prefix = "full" } };

    /// <summary>By the share of each.</summary>
    public static RecipientKind Pick(Random random)
    {
        var point = random.Next(All.Sum(kind => kind.Share));
        foreach (var kind in All)
        {
            point -= kind.Share;
            if (point < 0)
                return kind;
        }

        throw new InvalidOperationException("The shares do not add up.");
    }

    /// <summary>Of an address of the run.</summary>
    public static RecipientKind Of(string address) => All.Append(Full).First(kind => address.StartsWith($"{kind.Prefix}-", StringComparison.Ordinal));
}
