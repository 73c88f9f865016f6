using EnhancedMta.MxRules;

namespace EnhancedMta.Benchmarks.Simulate;

/// <param name="Name">For arguments, files and JSON.</param>
/// <param name="Title">For people.</param>
/// <param name="What">In a sentence.</param>
/// <param name="Draw">Figures differ with the seed, so that nothing is tuned to one.</param>
internal sealed record Scenario(string Name, string Title, string What, Func<Random, Setting> Draw);

internal static class Scenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("hourly-limit", "Tight hourly limit", "More work for a day than the provider takes in it; the rule too high allows four times the limit.", HourlyLimit),
        new("clock-hour", "Quota by the clock's hour", "The quota may be used at any pace; what is over it is told off until the hour ends. Triggers set a fixed small rate.", ClockHour),
        new("connections", "Connection limit", "No hourly limit, neither hidden nor in the rule; the rule too high allows five times the connections.", Connections),
        new("reputation", "Reputation spiral", "What is sent over the limit costs reputation, and with it the limit falls; a spam trap makes it fall so low in the middle of the day that all is put off for a while.", Reputation),
        new("outage", "Outages", "Connections are refused for four hours, and later each message is put off for three.", Outage),
        new("days", "A limit that changes by day", "A campaign each morning; the second day takes two thirds of the first, the third a third more.", Days),
        new("calm", "Nothing wrong", "The limit is above the rules; only the usual unknown users, full mailboxes, greylists and stray errors.", Calm),
    ];

    private static TimeSpan Hours(double hours) => TimeSpan.FromHours(hours);

    private static int Vary(Random random, int figure) => (int)(figure * (0.75 + 0.5 * random.NextDouble()));

    private static Setting HourlyLimit(Random random)
    {
        var limit = Vary(random, 5_000);
        return new Setting
        {
            Length = Hours(24),
            Validity = Hours(24),
            Arrivals = [new Arrival(Hours(0.2 * random.NextDouble()), (int)(limit * 24 * 1.1), Hours(2))],
            HourlyLimit = _ => limit,
            TooHigh = Rule(4 * limit, 10),
            AboutRight = Rule((int)(1.2 * limit), 10),
        };
    }

    private static Setting ClockHour(Random random)
    {
        var limit = Vary(random, 5_000);
        return new Setting
        {
            Length = Hours(24),
            Validity = Hours(24),
            Arrivals = [new Arrival(Hours(random.NextDouble()), (int)(limit * 24 * 0.85), Hours(1))],
            HourlyLimit = _ => limit,
            ByClockHour = true,
            TooHigh = Rule(4 * limit, 10) with { Triggers = ProviderWords.FixedRateTriggers },
            AboutRight = Rule((int)(1.2 * limit), 10) with { Triggers = ProviderWords.FixedRateTriggers },
        };
    }

    private static Setting Connections(Random random)
    {
        var connections = random.Next(3, 7);
        var service = TimeSpan.FromSeconds(2 + random.NextDouble());
        return new Setting
        {
            Length = Hours(24),
            Validity = Hours(24),
            Arrivals = [new Arrival(TimeSpan.Zero, (int)(connections * (TimeSpan.FromHours(24) / service) * 0.9), Hours(1))],
            ConnectionLimit = connections,
            ServiceTime = service,
            TooHigh = Rule(null, 5 * connections),
            AboutRight = Rule(null, connections + 1),
        };
    }

    private static Setting Reputation(Random random)
    {
        var limit = Vary(random, 5_000);
        var dip = Hours(11 + 2 * random.NextDouble());
        return new Setting
        {
            Length = Hours(36),
            Validity = Hours(30),
            Arrivals = [new Arrival(Hours(random.NextDouble()), limit * 10, Hours(1)), new Arrival(Hours(10), limit * 12, Hours(2))],
            HourlyLimit = _ => limit,
            Severity = 0.6,
            Dips = [new Dip(dip, 0.22 + 0.1 * random.NextDouble())],
            RecoversFrom = dip,
            TooHigh = Rule(4 * limit, 10),
            AboutRight = Rule((int)(1.2 * limit), 10),
        };
    }

    private static Setting Outage(Random random)
    {
        var limit = Vary(random, 5_000);
        var first = Hours(2 + 2 * random.NextDouble());
        var second = Hours(13 + 2 * random.NextDouble());
        return new Setting
        {
            Length = Hours(30),
            Validity = Hours(24),
            Arrivals = [new Arrival(TimeSpan.Zero, limit * 6, Hours(1)), new Arrival(Hours(10), limit * 8, Hours(1))],
            HourlyLimit = _ => limit,
            Outages = [new Failing(first, first + Hours(4), true), new Failing(second, second + Hours(3), false)],
            RecoversFrom = second + Hours(3),
            TooHigh = Rule(4 * limit, 10),
            AboutRight = Rule((int)(1.2 * limit), 10),
        };
    }

    private static Setting Days(Random random)
    {
        var first = Vary(random, 5_000);
        int[] limits = [first, first * 2 / 3, first * 4 / 3];
        return new Setting
        {
            Length = Hours(72),
            Validity = Hours(24),
            Arrivals = [.. limits.Select((limit, day) => new Arrival(Hours(24 * day + 6 + random.NextDouble()), limit * 14, Hours(3)))],
            HourlyLimit = time => limits[Math.Min(2, (int)time.TotalDays)],
            TooHigh = Rule(4 * first, 10),
            AboutRight = Rule((int)(1.2 * first), 10),
        };
    }

    private static Setting Calm(Random random)
    {
        var limit = Vary(random, 5_000);
        return new Setting
        {
            Length = Hours(24),
            Validity = Hours(24),
            Arrivals = [new Arrival(Hours(random.NextDouble()), limit * 12, Hours(2))],
            HourlyLimit = _ => limit,
            TooHigh = Rule((int)(0.9 * limit), 10),
            AboutRight = Rule((int)(0.9 * limit), 10),
        };
    }

    private static MxRule Rule(int? perHour, int connections) => new()
    {
        Id = "simulated",
        MaxConnections = connections,
        MaxMessagesPerConnection = 100,
        MessagesPerHour = perHour,
        Triggers = ProviderWords.Triggers,
    };
}
