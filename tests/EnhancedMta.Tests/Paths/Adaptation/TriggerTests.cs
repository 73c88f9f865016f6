using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class TriggerTests
{
    [Theory]
    [InlineData(TriggerAction.Rate, 0.5, true, 10, 600, 100)]
    [InlineData(TriggerAction.Rate, 90, false, 10, 90, 100)]
    [InlineData(TriggerAction.Rate, 1, false, 10, 60, 100)]
    [InlineData(TriggerAction.Connections, 0.5, true, 5, 1_200, 100)]
    [InlineData(TriggerAction.Connections, 1, false, 1, 1_200, 100)]
    [InlineData(TriggerAction.MessagesPerConnection, 0.2, true, 10, 1_200, 20)]
    public void A_trigger_lowers_what_it_names_within_bounds(TriggerAction action, double value, bool isShare, int connections, int perHour, int perConnection)
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", action, value, isShare)));
        path.Answers(delivered: 100);
        // The path goes at its full pace.
        path.Control = path.Control with { Traffic = [new SliceCounts(SliceCounts.NumberOf(Start), 100, 0, 0, 0, 0)] };
        path.Now = Start + TimeSpan.FromMinutes(5);

        var move = Assert.Single(path.Hit("t"));

        Assert.Equal((connections, perHour, perConnection), (path.Limits.Connections, path.Limits.MessagesPerHour, path.Limits.MessagesPerConnection));
        Assert.Equal((PathMode.Normal, PathMode.Reduced, MoveCause.Trigger, "t"), (move.From, move.To, move.Cause, move.By));
        Assert.Equal("421 4.7.0 [t] slow down", move.Sample);
        Assert.Equal(path.Now + TimeSpan.FromMinutes(30), move.Until);
        Assert.Equal(
            action switch { TriggerAction.Rate => new CeilingChange(1_200, perHour), TriggerAction.Connections => new CeilingChange(10, connections), _ => new CeilingChange(100, perConnection) },
            move.MessagesPerHour ?? move.Connections ?? move.MessagesPerConnection);
    }

    [Fact]
    public void Fewer_replies_than_the_trigger_counts_change_nothing_and_old_ones_do_not_count()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Connections, count: 3)));
        Assert.Empty(path.Hit("t", 2));
        path.Minutes(61);
        Assert.Empty(path.Hit("t", 2));
        path.Minutes(50);
        Assert.Single(path.Hit("t"));
        Assert.Equal(5, path.Limits.Connections);
    }

    [Fact]
    public void A_burst_told_in_pieces_is_one_move()
    {
        var path = new AdaptedPath(NewRule(1_200, 16, Trigger("t", TriggerAction.Connections, count: 2)));
        var burst = path.Now;
        path.Hit("t", 8, burst);
        // Other processes tell later what they met at the same moment.
        for (var piece = 0; piece < 6; piece++)
        {
            path.Now += TimeSpan.FromMinutes(3);
            path.Hit("t", 2, burst + TimeSpan.FromSeconds(piece));
        }
        Assert.Single(path.Moves);
        Assert.Equal(8, path.Limits.Connections);

        // What comes after the move took effect is an answer to it.
        path.Hit("t", 2);
        Assert.Equal(4, path.Limits.Connections);
    }

    [Fact]
    public void Several_triggers_of_one_burst_are_one_move_reckoned_from_the_same_figure_in_any_order()
    {
        var rule = NewRule(1_200, 16, Trigger("half", TriggerAction.Connections), Trigger("quarter", TriggerAction.Connections, 0.25), Trigger("few", TriggerAction.MessagesPerConnection, 2, false));
        TriggerHits[] hits = [.. rule.Triggers.Select(t => new TriggerHits(t.Id, 1, Start, null))];
        foreach (var order in new[] { hits, [.. hits.Reverse()] })
        {
            var together = new AdaptedPath(rule);
            Assert.Single(together.Report(new PathReport { Triggers = order }));
            var apart = new AdaptedPath(rule);
            foreach (var hit in order)
                apart.Report(new PathReport { Triggers = [hit] });
            Assert.Equal((4, 2), (together.Limits.Connections, together.Limits.MessagesPerConnection));
            Assert.Equal((4, 2), (apart.Limits.Connections, apart.Limits.MessagesPerConnection));
        }
    }

    [Fact]
    public void Without_an_hourly_limit_a_share_is_of_what_the_path_carried()
    {
        var path = new AdaptedPath(NewRule(null, 10, Trigger("t", TriggerAction.Rate)));
        path.GoodHours(2);
        Assert.Equal(12_000, RecentTraffic.CarriedInHour(path.Control.Traffic, path.Now));
        path.Hit("t");
        Assert.InRange(path.Limits.MessagesPerHour!.Value, 5_500, 6_600);
        path.GoodHours(40);
        Assert.Null(path.Limits.MessagesPerHour);
        Assert.Equal(PathMode.Normal, path.Mode);
    }

    [Fact]
    public void A_figure_far_above_what_was_carried_is_cut_by_what_was_carried_but_a_quiet_hour_does_not_floor_it()
    {
        var path = new AdaptedPath(NewRule(48_000, 10, Trigger("t", TriggerAction.Rate)));
        path.Answers(delivered: 10);
        path.Now += TimeSpan.FromMinutes(30);
        path.Hit("t");
        Assert.Equal(6_000, path.Limits.MessagesPerHour);
    }

    [Fact]
    public void A_raise_that_is_objected_to_is_taken_back_first_and_then_gets_what_the_trigger_says()
    {
        var path = new AdaptedPath(NewRule(null, 16, Trigger("t", TriggerAction.Connections)));
        path.Hit("t");
        path.GoodHours(1);
        Assert.Equal(12, path.Limits.Connections);
        path.Hit("t");
        // 8 was fine for half an hour.
        Assert.Equal(8, path.Limits.Connections);
        path.Minutes(11);
        path.Hit("t");
        Assert.Equal(7, path.Limits.Connections);
        path.Minutes(11);
        path.Hit("t");
        Assert.Equal(3, path.Limits.Connections);
    }

    [Fact]
    public void Hits_of_triggers_that_the_rule_has_no_longer_are_ignored() => Assert.Empty(new AdaptedPath(NewRule()).Hit("gone", 100));
}
