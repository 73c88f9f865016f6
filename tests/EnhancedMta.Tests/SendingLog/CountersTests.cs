using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.SendingLog;

public sealed class CountersTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 28, 19, 30, 0, TimeSpan.Zero);

    [Fact]
    public void What_a_row_keeps_is_read_as_it_was()
    {
        var read = Counters.Read(Row(Counting(1)));
        Assert.Equal((100, 2_000, 50, 21, 3, 17), (read.Relayed, read.RelayedBytes, read.Delivered, read.Failed, read.Expired, read.SoftBounced));
        Assert.Equal((19, 5, 6, 7, 8, 9), (read.Retried, read.Waiting, read.PossibleRepeats, read.Complaints, read.CopiesSent, read.CopiesFailed));
        Assert.Equal(new Dictionary<int, long> { [1] = 15, [20] = 6 }, read.FailedByReason);
        Assert.Equal(new MessageTally(1, 0, 1, 0, 0), read.Breakdown.Providers["google"]);
        Assert.Equal((79, 29), (read.Sent, read.Open));
    }

    [Fact]
    public void A_row_that_counts_nothing_yet_reads_as_nothing()
    {
        var read = Counters.Read(new TableEntity("d~000", LogKeys.Counters));
        Assert.All(Row(read).Where(column => column.Value is long), column => Assert.Equal(0L, column.Value));
        Assert.Empty(read.FailedByReason);
    }

    [Fact]
    public void Copies_have_columns_only_where_there_are_any()
    {
        Assert.False(Row(new Counters { Relayed = 3 }).ContainsKey(nameof(Counters.CopiesSent)));
        Assert.Equal((0, 2), Copies(new Counters { CopiesFailed = 2 }));
        Assert.Equal((2, 0), Copies(new Counters { CopiesSent = 2 }));

        static (long, long) Copies(Counters counters) => Counters.Read(Row(counters)) is var read ? (read.CopiesSent, read.CopiesFailed) : default;
    }

    [Fact]
    public void A_difference_adds_to_every_count()
    {
        var sum = Counting(1);
        sum.Add(Counting(10));
        Assert.Equal(Numbers(Counting(11)), Numbers(sum));
        Assert.Equal(new MessageTally(2, 0, 2, 0, 0), sum.Breakdown.Providers["google"]);
    }

    [Fact]
    public void What_is_taken_back_leaves_no_reason_behind()
    {
        var counters = Counting(1);
        counters.Add(Counting(-1));
        Assert.Empty(counters.FailedByReason);
        Assert.All(Numbers(counters), column => Assert.Equal(0L, column.Value));
    }

    private static TableEntity Row(Counters counters)
    {
        var row = new TableEntity("d~000", LogKeys.Counters);
        counters.WriteTo(row);
        return row;
    }

    private static SortedDictionary<string, object> Numbers(Counters counters) =>
        new(Row(counters).Where(column => column.Value is long).ToDictionary(column => column.Key, column => column.Value), StringComparer.Ordinal);

    private static Counters Counting(int n)
    {
        var counters = new Counters
        {
            Relayed = 100 * n,
            RelayedBytes = 2_000 * n,
            Delivered = 50 * n,
            Failed = 21 * n,
            Expired = 3 * n,
            SoftBounced = 17 * n,
            Retried = 19 * n,
            Waiting = 5 * n,
            PossibleRepeats = 6 * n,
            Complaints = 7 * n,
            CopiesSent = 8 * n,
            CopiesFailed = 9 * n,
        };
        counters.Fail(CampaignReason.UserUnknown, 15 * n);
        counters.Fail(CampaignReason.Refused, 6 * n);
        counters.Breakdown.Move(null, new Standing("example.com", "google", MessageState.Bounced, Finished: Time), Time);
        return counters;
    }
}
