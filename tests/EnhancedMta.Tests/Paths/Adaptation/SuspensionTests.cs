using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class SuspensionTests
{
    private readonly AdaptedPath _path = new(NewRule(1_200, 10, Trigger("stop", TriggerAction.Suspend, 0, false, minutes: 60), Trigger("half", TriggerAction.Rate), Trigger("ten", TriggerAction.Connections, 0.1)));

    [Fact]
    public void Nothing_is_sent_until_its_end_and_little_after_it()
    {
        var move = Assert.Single(_path.Hit("stop"));
        Assert.Equal((PathMode.Suspended, MoveCause.Trigger, "stop"), (move.To, move.Cause, move.By));
        // Jitter: paths suspended together are not probed together.
        Assert.InRange(move.Until!.Value, Start + TimeSpan.FromMinutes(60), Start + TimeSpan.FromMinutes(63));
        Assert.Equal((0, 0, LimitReason.Suspended), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.Because));
        Assert.True(_path.Limits.IsHeld);

        // Also when nobody asked the controller since.
        _path.Now = move.Until!.Value;
        Assert.Equal((1, 60, 5, LimitReason.Probing), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.MessagesPerConnection, _path.Limits.Because));
        Assert.Equal(PathMode.Probing, Assert.Single(_path.Minutes(0)).To);
        Assert.Equal((1, 60), (_path.Limits.Connections, _path.Limits.MessagesPerHour));
    }

    [Fact]
    public void Good_probes_open_to_reduced_ceilings_that_are_won_back()
    {
        for (var i = 0; i < 12; i++)
        {
            _path.Answers(delivered: 100);
            _path.Now += TimeSpan.FromMinutes(5);
        }
        _path.Hit("stop");
        _path.Minutes(64);
        Assert.Empty(_path.Answers(delivered: 2));
        var opened = Assert.Single(_path.Answers(delivered: 1));
        Assert.Equal((PathMode.Probing, PathMode.Reduced, MoveCause.Probes), (opened.From, opened.To, opened.Cause));
        Assert.Equal((5, 600), (_path.Limits.Connections, _path.Limits.MessagesPerHour));
        _path.GoodHours(30);
        Assert.Equal((PathMode.Normal, 10, 1_200), (_path.Mode, _path.Limits.Connections, _path.Limits.MessagesPerHour));
    }

    [Fact]
    public void A_relapse_lasts_twice_as_long_up_to_some_hours()
    {
        double[] hours = [1, 2, 4, 4];
        _path.Hit("stop");
        foreach (var hour in hours)
        {
            Assert.InRange((_path.Control.Suspension!.Until - _path.Now).TotalHours, hour, hour * 1.05);
            _path.Pass(_path.Control.Suspension.Until - _path.Now);
            // Any words against us are enough in a probe.
            var relapse = Assert.Single(_path.Hit("half"));
            Assert.Equal((PathMode.Probing, PathMode.Suspended), (relapse.From, relapse.To));
            // Another piece of what the probes met.
            _path.Now += TimeSpan.FromSeconds(10);
            Assert.Empty(_path.Hit("ten"));
            _path.Now -= TimeSpan.FromSeconds(10);
        }
        // The ceilings to open to were lowered once, not with each.
        Assert.Equal(5, PathLimits.CeilingsOf(_path.Control, _path.Rule, _path.Now).Connections);
    }

    [Fact]
    public void A_single_refusal_among_the_probes_needs_more_good_ones_and_two_close_again()
    {
        _path.Hit("stop");
        _path.Minutes(64);
        _path.Answers(delivered: 2, blocked: 1);
        _path.Answers(delivered: 2);
        Assert.Equal(PathMode.Probing, _path.Mode);
        _path.Answers(blocked: 1);
        Assert.Equal((PathMode.Suspended, MoveCause.Probes, "554 5.7.1 spam"), (_path.Mode, _path.Moves[^1].Cause, _path.Moves[^1].Sample));
    }

    [Fact]
    public void Words_that_come_late_neither_prolong_nor_fail_the_probes()
    {
        _path.Hit("stop");
        var until = _path.Control.Suspension!.Until;
        _path.Minutes(30);
        Assert.Empty(_path.Hit("stop", 10, Start));
        Assert.Empty(_path.Hit("half", 10));
        Assert.Equal(until, _path.Control.Suspension.Until);
        _path.Minutes(34);
        Assert.Empty(_path.Hit("stop", 5, Start + TimeSpan.FromMinutes(1)));
        Assert.Equal(PathMode.Probing, _path.Mode);
    }

    [Fact]
    public void A_longer_suspension_of_the_same_burst_holds()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("short", TriggerAction.Suspend, 0, false, minutes: 30), Trigger("long", TriggerAction.Suspend, 0, false, minutes: 240)));
        path.Hit("short");
        path.Now += TimeSpan.FromMinutes(1);
        path.Hit("long", 1, Start);
        Assert.Equal(Start + TimeSpan.FromMinutes(240), path.Control.Suspension!.Until);
    }
}
