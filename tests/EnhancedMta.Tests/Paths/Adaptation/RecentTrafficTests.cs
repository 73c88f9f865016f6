using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class RecentTrafficTests
{
    private static readonly DateTimeOffset Noon = AdaptedPath.Start;
    private static readonly long First = SliceCounts.NumberOf(Noon);

    [Fact]
    public void An_hour_is_kept_in_slices_of_five_minutes_in_their_order()
    {
        var slices = RecentTraffic.Add([], Delivered(5, Noon.AddMinutes(10)), Noon.AddMinutes(10));
        slices = RecentTraffic.Add(slices, new PathReport { At = Noon, Delivered = 1, AddressOnly = 2, Deferred = new(3, null), Throttled = new(4, null), Blocked = new(5, null) }, Noon.AddMinutes(10));
        slices = RecentTraffic.Add(slices, new PathReport { At = Noon, Delivered = 10, AddressOnly = 20, Deferred = new(30, null), Throttled = new(40, null), Blocked = new(50, null) }, Noon.AddMinutes(10));
        Assert.Equal([new(First, 11, 22, 33, 44, 55), new(First + 2, 5, 0, 0, 0, 0)], slices);

        Assert.Equal(slices, RecentTraffic.Add(slices, PathReport.Empty, Noon.AddMinutes(59)));
        Assert.Equal([First + 2], RecentTraffic.Add(slices, PathReport.Empty, Noon.AddMinutes(60)).Select(s => s.Number));
        Assert.Equal([First, First + 2, First + 11], RecentTraffic.Add(slices, Delivered(1, Noon.AddMinutes(59)), Noon.AddMinutes(59)).Select(s => s.Number));
        Assert.Equal([First + 2, First + 12], RecentTraffic.Add(slices, Delivered(1, Noon.AddMinutes(60)), Noon.AddMinutes(60)).Select(s => s.Number));
    }

    [Fact]
    public void What_is_told_too_late_or_comes_from_a_clock_ahead_counts_at_the_edge()
    {
        Assert.Equal(First - 11, Assert.Single(RecentTraffic.Add([], Delivered(1, Noon.AddHours(-2)), Noon)).Number);
        Assert.Equal(First, Assert.Single(RecentTraffic.Add([], Delivered(1, Noon.AddHours(2)), Noon)).Number);
    }

    [Fact]
    public void A_sum_is_of_the_hour_before_a_time_and_from_a_slice_on()
    {
        SliceCounts[] slices = [.. Enumerable.Range(0, 13).Select(i => new SliceCounts(First + i, 1, 2, 0, 0, 0))];
        Assert.Equal((12, 36), (RecentTraffic.Sum(slices, 0, Noon.AddMinutes(60)).Delivered, RecentTraffic.CarriedInHour(slices, Noon.AddMinutes(60))));
        Assert.Equal(8, RecentTraffic.Sum(slices, First + 5, Noon.AddMinutes(60)).Delivered);
        Assert.Equal(7, RecentTraffic.Sum(slices, 0, Noon.AddMinutes(30)).Delivered);
    }

    [Fact]
    public void The_pace_is_that_since_the_path_began_to_carry()
    {
        Assert.Equal(0, RecentTraffic.Pace([], Noon));
        Assert.Equal(0, RecentTraffic.Pace([new(First, 0, 0, 9, 0, 0)], Noon));
        SliceCounts[] slices = [new(First - 12, 1_000, 0, 0, 0, 0), new(First - 6, 0, 0, 9, 0, 0), new(First, 60, 40, 0, 0, 0)];
        Assert.Equal(1_200, RecentTraffic.Pace(slices, Noon.AddMinutes(2)), 0.001);
        Assert.Equal(200, RecentTraffic.Pace(slices, Noon.AddMinutes(30)), 0.001);
    }

    private static PathReport Delivered(int count, DateTimeOffset at) => new() { At = at, Delivered = count };
}
