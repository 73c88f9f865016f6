using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.SendingLog;

public sealed class MinuteThroughputTests
{
    private static readonly MinuteThroughput Busy = new()
    {
        Minute = new DateTimeOffset(2026, 11, 28, 19, 31, 0, TimeSpan.Zero),
        Relayed = 11,
        RelayedBytes = 1_300,
        Delivered = 17,
        DeliveredBytes = 1_900,
        Failed = 23,
        Deferred = 29,
    };

    [Fact]
    public void What_comes_in_the_same_minute_adds_up() => Assert.Equal(
        Busy with { Relayed = 22, RelayedBytes = 2_600, Delivered = 34, DeliveredBytes = 3_800, Failed = 46, Deferred = 58 }, Busy.Plus(Busy));

    [Fact]
    public void A_minutes_row_is_named_by_the_minute_and_read_as_it_was()
    {
        var row = Busy.ToRow("d~000");
        Assert.Equal(("d~000", "t~202611281931"), (row.PartitionKey, row.RowKey));
        Assert.Equal(Busy, MinuteThroughput.Read(row));
        Assert.Equal(new MinuteThroughput(), MinuteThroughput.Read(new TableEntity("d~000", "t~202611281931")));
    }

    /// <summary>Counters and minute have columns of the same names.</summary>
    [Fact]
    public void Within_the_row_of_counters_both_are_kept_apart()
    {
        var row = new TableEntity("d~000", LogKeys.Counters);
        Assert.Null(MinuteThroughput.Within(row));
        Busy.WriteWithin(row);
        new Counters { Relayed = 1, Delivered = 2, Failed = 3 }.WriteTo(row);
        Assert.Equal(Busy, MinuteThroughput.Within(row));
        Assert.Equal((1, 2, 3), Counters.Read(row) is var counters ? (counters.Relayed, counters.Delivered, counters.Failed) : default);
    }
}
