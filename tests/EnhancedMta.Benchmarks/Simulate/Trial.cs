namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>How the path's limits are decided.</summary>
internal enum Way
{
    /// <summary>A rule that always knows the hidden limit.</summary>
    Knows,
    /// <summary>A fixed rule set too high.</summary>
    TooHigh,
    /// <summary>The same rule, with overrides for a while when a trigger is set off.</summary>
    OnOff,
    /// <summary>The controller, with the rule set too high.</summary>
    Adaptive,
    /// <summary>The controller, with the rule set about right.</summary>
    AdaptiveAboutRight,
}

internal static class Ways
{
    public static IReadOnlyList<Way> Adaptive { get; } = [Way.Adaptive, Way.AdaptiveAboutRight];

    public static string Label(Way way) => way switch
    {
        Way.Knows => "knows the hidden limit",
        Way.TooHigh => "fixed, too high",
        Way.OnOff => "on/off back-off, too high",
        Way.Adaptive => "adaptive, from too high",
        _ => "adaptive, from about right",
    };
}

/// <summary>One scenario with the figures of one seed, gone through in each way.</summary>
internal sealed record Trial(Scenario Scenario, int Seed, Setting Setting, IReadOnlyDictionary<Way, Run> Runs)
{
    public const double LeastDelivered = 0.95;
    public const double LeastCut = 0.80;

    // A share of hardly anything says nothing.
    private const int NotWorthCutting = 20;

    public static Trial Of(Scenario scenario, int seed)
    {
        // Each from a Random of its own: all ways meet the same messages and the same provider.
        var setting = scenario.Draw(new Random(seed));
        return new Trial(scenario, seed, setting, Enum.GetValues<Way>().ToDictionary(way => way, way =>
        {
            var provider = new Provider(setting, new Random(seed + 1_000_003));
            var random = new Random(seed + 2_000_003);
            Policy policy = way switch
            {
                Way.Knows => new KnowingPolicy(setting, provider, random),
                Way.TooHigh => new FixedPolicy(setting.TooHigh, random),
                Way.OnOff => new OnOffPolicy(setting.TooHigh, random),
                Way.Adaptive => new AdaptivePolicy(setting.TooHigh, random),
                _ => new AdaptivePolicy(setting.AboutRight, random),
            };
            return new Sender(setting, provider, policy, new Random(seed + 3_000_003)).Run();
        }));
    }

    /// <summary>Of what the rule that knows delivers in time.</summary>
    public double DeliveredShare(Way way) => (double)Runs[way].DeliveredInTime / Runs[Way.Knows].DeliveredInTime;

    /// <summary>Of the objections that the rule set too high draws; null when it draws none worth speaking of.</summary>
    public double? Cut(Way way) => Runs[Way.TooHigh].Objections < NotWorthCutting ? null : 1 - (double)Runs[way].Objections / Runs[Way.TooHigh].Objections;

    public IEnumerable<string> Broken()
    {
        foreach (var way in Ways.Adaptive)
        {
            if (DeliveredShare(way) < LeastDelivered)
                yield return FormattableString.Invariant($"{Scenario.Name}, seed {Seed}, {Ways.Label(way)}: delivered {DeliveredShare(way):P1} of what the rule that knows does");
            if ((Cut(way) ?? (Runs[way].Objections < NotWorthCutting ? 1 : 0)) is var cut && cut < LeastCut)
                yield return FormattableString.Invariant($"{Scenario.Name}, seed {Seed}, {Ways.Label(way)}: cut objections by {cut:P1}");
        }
    }
}
