using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

/// <summary>What could not be told at once is told with what came since.</summary>
public sealed class PathReportTests
{
    private static readonly DateTimeOffset Early = AdaptedPath.Start;
    private static readonly DateTimeOffset Late = Early.AddMinutes(1);

    private static readonly PathReport First = new()
    {
        At = Early,
        Delivered = 1,
        AddressOnly = 2,
        Deferred = new(3, "451 first"),
        Throttled = new(4, "421 first"),
        Blocked = new(5, null),
        Complaints = 6,
        AnsweredAt = Early,
        SessionWorkedAt = Late,
    };

    private static readonly PathReport Second = new()
    {
        At = Late,
        Delivered = 10,
        AddressOnly = 20,
        Deferred = new(30, null),
        Throttled = new(40, "421 second"),
        Blocked = new(50, "554 second"),
        Complaints = 60,
        AnsweredAt = Late,
        SessionWorkedAt = Early,
    };

    [Fact]
    public void Two_as_one_count_everything_of_both_in_any_order()
    {
        foreach (var both in new[] { First.Merge(Second), Second.Merge(First) })
        {
            Assert.Equal((11, 22, 33, 44, 55, 66), (both.Delivered, both.AddressOnly, both.Deferred.Count, both.Throttled.Count, both.Blocked.Count, both.Complaints));
            Assert.Equal((Late, Late, Late), (both.At, both.AnsweredAt, both.SessionWorkedAt));
            Assert.Equal(165, both.Attempts);
        }
    }

    [Fact]
    public void The_sample_is_the_newest_there_is()
    {
        Assert.Equal(("451 first", "421 second", "554 second"), Samples(First.Merge(Second)));
        Assert.Equal(("451 first", "421 first", "554 second"), Samples(Second.Merge(First)));

        static (string?, string?, string?) Samples(PathReport report) => (report.Deferred.Sample, report.Throttled.Sample, report.Blocked.Sample);
    }

    [Fact]
    public void Deferrals_in_a_row_end_with_any_other_answer()
    {
        var row = new PathReport { Deferred = new(5, null), DeferredInRow = 5 };
        Assert.Equal(8, row.Merge(new PathReport { Deferred = new(3, null), DeferredInRow = 3 }).DeferredInRow);
        Assert.Equal(2, row.Merge(new PathReport { Delivered = 1, Deferred = new(2, null), DeferredInRow = 2 }).DeferredInRow);
        Assert.Equal(5, row.Merge(new PathReport { Complaints = 1 }).DeferredInRow);
    }

    [Fact]
    public void Hits_of_one_trigger_add_up_with_the_newest_time_and_words()
    {
        var newer = new PathReport { Triggers = [new TriggerHits("a", 2, Late, "newer"), new TriggerHits("b", 1, Early, null)] };
        var older = new PathReport { Triggers = [new TriggerHits("a", 3, Early, "older")] };
        Assert.Equal([new("a", 5, Late, "older"), new("b", 1, Early, null)], newer.Merge(older).Triggers);
        Assert.Equal([new("a", 5, Late, "newer"), new("b", 1, Early, null)], older.Merge(newer).Triggers);
        Assert.Equal(newer.Triggers, newer.Merge(PathReport.Empty).Triggers);
        Assert.Equal(newer.Triggers, PathReport.Empty.Merge(newer).Triggers);
        var wordless = new PathReport { Triggers = [new TriggerHits("a", 1, Late, null)] };
        Assert.Equal("older", Assert.Single(older.Merge(wordless).Triggers).Sample);
    }

    [Fact]
    public void Failures_add_up_with_the_newest_time_cause_and_words()
    {
        var refused = new PathReport { SessionFailures = new(2, Late, "ConnectRefused", "554 go away") };
        Assert.Equal(new SessionFailures(5, Late, "ConnectRefused", "554 go away"), refused.Merge(new() { SessionFailures = new(3, Early, null, null) }).SessionFailures);
        Assert.Equal(new SessionFailures(5, Late.AddSeconds(1), "Timeout", "421"), refused.Merge(new() { SessionFailures = new(3, Late.AddSeconds(1), "Timeout", "421") }).SessionFailures);
        Assert.Equal(refused.SessionFailures, refused.Merge(PathReport.Empty).SessionFailures);
        Assert.Equal(refused.SessionFailures, PathReport.Empty.Merge(refused).SessionFailures);
        Assert.Equal("Timeout", new PathReport { SessionFailures = new(1, Early, null, null) }.Merge(new() { SessionFailures = new(1, Early, "Timeout", null) }).SessionFailures!.Cause);
    }

    [Fact]
    public void Anything_at_all_is_worth_a_report()
    {
        Assert.True(PathReport.Empty.IsEmpty);
        Assert.False(new PathReport { Delivered = 1 }.IsEmpty);
        Assert.False(new PathReport { Complaints = 1 }.IsEmpty);
        Assert.False(new PathReport { Triggers = [new TriggerHits("a", 1, Early, null)] }.IsEmpty);
        Assert.False(new PathReport { SessionFailures = new(1, Early, null, null) }.IsEmpty);
        Assert.False(new PathReport { SessionWorkedAt = Early }.IsEmpty);
    }
}
