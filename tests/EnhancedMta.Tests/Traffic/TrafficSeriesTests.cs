using EnhancedMta.SendingLog;
using EnhancedMta.Traffic;

namespace EnhancedMta.Tests.Traffic;

public sealed class TrafficSeriesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 30, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("1h", 60, 60)]
    [InlineData("3h", 120, 90)]
    [InlineData("24h", 600, 144)]
    public void A_window_has_all_its_points_and_now_is_in_the_last(string name, int seconds, int count)
    {
        var series = TrafficSeries.Of(TrafficWindow.Find(name)!, Now, []);
        Assert.Equal((name, seconds, count), (series.Window, series.SecondsPerPoint, series.Points.Count));
        Assert.InRange(Now, series.Points[^1].From!.Value, series.Points[^1].From!.Value.AddSeconds(seconds).AddTicks(-1));
        Assert.All(series.Points.Zip(series.Points.Skip(1)), p => Assert.Equal(TimeSpan.FromSeconds(seconds), p.Second.From - p.First.From));
        Assert.Equal(0, series.Rates.Relay.MessagesPerHour);
    }

    [Fact]
    public void Minutes_add_up_to_points_totals_and_rates()
    {
        var window = TrafficWindow.Find("1h")!;
        var series = TrafficSeries.Of(window, Now,
        [
            Minute(-90, 1_000_000), // before the window
            Minute(-59, 100), Minute(-59, 20), Minute(-10, 300), Minute(0, 60),
            Minute(1, 7), // another instance's clock is ahead
        ]);

        Assert.Equal((120, 300, 67, 487), (series.Points[0].Relayed, series.Points[49].Relayed, series.Points[^1].Relayed, series.Totals.Relayed));
        Assert.Equal((974, 48_700), (series.Totals.Delivered, series.Totals.DeliveredBytes));
        // The window is 59 minutes and a half old.
        Assert.Equal(Math.Round(487 / (59.5 / 60), 1), series.Rates.Relay.MessagesPerHour);
        Assert.Equal(Math.Round(48_700 * 8 / (59.5 * 60), 1), series.Rates.Outbound.BitsPerSecond);
        Assert.Equal((Math.Round(1_461 / (59.5 / 60), 1), Math.Round(1_948 / (59.5 / 60), 1)), (series.Rates.Outbound.ErrorsPerHour, series.Rates.Outbound.DeferralsPerHour));
        Assert.Equal((300 * 60, 600 * 60), (series.Peaks.Relay.MessagesPerHour, series.Peaks.Outbound.MessagesPerHour));
    }

    [Fact]
    public void Of_a_partitions_minute_the_latest_change_counts_whoever_tells_it_and_in_what_order()
    {
        var (one, other) = (new TrafficHour(), new TrafficHour());
        Assert.True(one.Set(5, Minute(0, 50)));
        Assert.False(one.Set(4, Minute(0, 40)));
        Assert.True(one.Set(6, Minute(1, 1)));
        other.Set(7, Minute(0, 70));
        other.Set(2, Minute(1, 0));
        foreach (var (into, from) in new[] { (Copy(one), other), (Copy(other), one) })
        {
            into.Merge(from);
            Assert.Equal([70, 1], into.Minutes.Select(m => m.Relayed));
        }

        static TrafficHour Copy(TrafficHour hour) => TrafficHour.Parse(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), hour.ToBytes());
    }

    private static MinuteThroughput Minute(int minutes, int count) => new()
    {
        Minute = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero).AddMinutes(minutes),
        Relayed = count,
        RelayedBytes = 10 * count,
        Delivered = 2 * count,
        DeliveredBytes = 100 * count,
        Failed = 3 * count,
        Deferred = 4 * count,
    };
}
