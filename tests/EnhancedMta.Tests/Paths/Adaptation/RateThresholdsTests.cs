using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class RateThresholdsTests
{
    private static readonly DateTimeOffset Now = AdaptedPath.Start;
    private static readonly PathReport Report = new() { Deferred = new(1, "deferred"), Throttled = new(1, "throttled"), Blocked = new(1, "blocked") };

    [Fact]
    public void Each_share_asks_for_what_it_is_worth()
    {
        var (hour, four) = (TimeSpan.FromHours(1), TimeSpan.FromHours(4));
        Assert.Equal([new(MoveCause.Blocks, null, TriggerAction.Suspend, 0, false, four, false, "blocked", Now)], Find(blocked: 100));
        Assert.Equal([new(MoveCause.Blocks, null, TriggerAction.Rate, 0.5, true, hour, false, "blocked", Now)], Find(blocked: 30));
        Assert.Equal([new(MoveCause.Throttled, null, TriggerAction.Rate, 0.5, true, hour, true, "throttled", Now)], Find(throttled: 50));
        Assert.Equal([new(MoveCause.Deferrals, null, TriggerAction.Rate, 0.75, true, hour, true, "deferred", Now)], Find(deferred: 200));
        Assert.Equal([new(MoveCause.Complaints, null, TriggerAction.Suspend, 0, false, four, false, null, Now)], Complain(10, 2_000));
        Assert.Equal([new(MoveCause.Complaints, null, TriggerAction.Rate, 0.5, true, four, false, null, Now)], Complain(10, 5_000));
    }

    [Fact]
    public void One_less_asks_for_nothing()
    {
        Assert.Equal(TriggerAction.Rate, Assert.Single(Find(blocked: 99)).Action);
        Assert.Empty(Find(blocked: 29));
        Assert.Empty(Find(throttled: 49));
        Assert.Empty(Find(deferred: 199));
        Assert.Equal(TriggerAction.Rate, Assert.Single(Complain(10, 2_001)).Action);
        Assert.Empty(Complain(10, 5_001));
    }

    [Fact]
    public void A_share_of_little_is_noise()
    {
        Assert.Empty(Find(throttled: 20, all: 99));
        Assert.Single(Find(throttled: 20, all: 100));
        Assert.Empty(Find(throttled: 9, all: 100));
        Assert.Single(Find(throttled: 10, all: 100));
        Assert.Empty(Complain(20, 1_999));
        Assert.Single(Complain(20, 2_000));
    }

    [Theory]
    [InlineData(1_000, 15, 0, 0, true)]
    [InlineData(1_000, 14, 0, 0, false)]
    [InlineData(1_000, 0, 25, 0, true)]
    [InlineData(1_000, 0, 24, 0, false)]
    [InlineData(1_000, 0, 0, 100, true)]
    [InlineData(1_000, 0, 0, 99, false)]
    [InlineData(50, 0, 0, 50, true)]
    [InlineData(49, 0, 0, 49, false)]
    public void Half_way_to_an_objection_nothing_is_raised(int all, int blocked, int throttled, int deferred, bool troubled) =>
        Assert.Equal(troubled, RateThresholds.IsTroubled(Counts(all, blocked, throttled, deferred)));

    private static IEnumerable<Objection> Find(int all = 1_000, int blocked = 0, int throttled = 0, int deferred = 0) =>
        RateThresholds.Find(Counts(all, blocked, throttled, deferred), new ComplaintRecord(), Report, Now);

    private static IEnumerable<Objection> Complain(int complaints, int delivered) => RateThresholds.Find(default, new ComplaintRecord(1, delivered, complaints), Report, Now);

    // Answers about addresses count in no share.
    private static SliceCounts Counts(int all, int blocked, int throttled, int deferred) => new(1, all - blocked - throttled - deferred, 500, deferred, throttled, blocked);
}
