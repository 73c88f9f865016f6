using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Breakdowns;

public sealed class BreakdownTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Providers = ["google", "microsoft", "orange", "others"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_becomes_of_messages_the_counts_are_those_of_where_they_stand(int seed)
    {
        var random = new Random(seed);
        var counted = new Breakdown();
        var change = new LogChange();
        var messages = new List<(DateTimeOffset Received, Standing Standing, List<DateTimeOffset> Deferrals)>();
        for (var step = 0; step < 3_000; step++)
        {
            var now = Start.AddMinutes(step);
            var difference = new Breakdown();
            if (random.Next(3) == 0 || messages.Count == 0)
            {
                var fresh = new Standing($"{random.Next(20)}.example", null, MessageState.Queued);
                Move(null, fresh);
                messages.Add((now, fresh, []));
            }
            else
            {
                var at = random.Next(messages.Count);
                var (received, before, deferrals) = messages[at];
                if (Next(before, received, now, random) is not { } after)
                    continue;
                if (after.Deferrals > before.Deferrals)
                    deferrals.Add(now);
                Move(before, after);
                messages[at] = (received, after, deferrals);
            }

            // Through the row and back, as every transaction does.
            counted.Add(difference);
            var row = new TableEntity("d~000", "c");
            counted.WriteTo(row);
            counted = Breakdown.Read(row);

            void Move(Standing? before, Standing after)
            {
                difference.Move(before, after, now);
                change.Domains.Add(after.Domain, after.Provider, after.Tally - (before?.Tally ?? default));
            }
        }

        AssertCounts(counted, messages);
        foreach (var domain in messages.GroupBy(m => m.Standing.Domain))
            Assert.Equal(domain.Aggregate(default(MessageTally), (sum, m) => sum + m.Standing.Tally), change.Domains.Domains[domain.Key].Counts);
    }

    /// <summary>Attempts, moves to another provider, an end, and a bounce that comes back after it.</summary>
    private static Standing? Next(Standing message, DateTimeOffset received, DateTimeOffset now, Random random) => (message.State, random.Next(6)) switch
    {
        (MessageState.Delivered, < 1) => message with { State = MessageState.Bounced, Finished = now },
        (MessageState.Delivered or MessageState.Bounced or MessageState.Expired, _) => null,
        (_, 0) => message with { State = MessageState.Waiting },
        (_, 1 or 2) => message with { State = MessageState.Waiting, Provider = Providers[random.Next(4)], Deferrals = message.Deferrals + 1 },
        (_, 3) => message with { State = random.Next(2) == 0 ? MessageState.Bounced : MessageState.Expired, Finished = now },
        _ => message with { State = MessageState.Delivered, Provider = Providers[random.Next(4)], Finished = now, MillisecondsToDeliver = (long)(now - received).TotalMilliseconds },
    };

    private static void AssertCounts(Breakdown counted, List<(DateTimeOffset Received, Standing Standing, List<DateTimeOffset> Deferrals)> messages)
    {
        foreach (var provider in messages.Where(m => m.Standing.Provider is not null).GroupBy(m => m.Standing.Provider!))
            Assert.Equal(provider.Aggregate(default(MessageTally), (sum, m) => sum + m.Standing.Tally), counted.Providers[provider.Key]);
        var delivered = messages.Where(m => m.Standing.State == MessageState.Delivered).ToList();
        Assert.True(delivered.Count > 100);
        Assert.Equal(delivered.Count, counted.TimeToDeliver.Count);
        var histogram = new LatencyHistogram();
        delivered.ForEach(m => histogram.Add(m.Standing.MillisecondsToDeliver!.Value));
        Assert.Equal(histogram.Buckets, counted.TimeToDeliver.Buckets);
        foreach (var (hour, counts) in counted.TimeLine.Hours)
        {
            bool Within(DateTimeOffset? time) => time >= hour && time < hour.AddHours(1);
            Assert.Equal(
                new HourTally(messages.Count(m => Within(m.Received)), delivered.Count(m => Within(m.Standing.Finished)), messages.Count(m => m.Standing.IsFailed && Within(m.Standing.Finished)), messages.Sum(m => m.Deferrals.Count(d => Within(d)))),
                counts);
        }

        Assert.Equal((messages.Count, delivered.Count), (counted.TimeLine.Total.Relayed, counted.TimeLine.Total.Delivered));
    }
}
