using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

/// <summary>What a path remembers from one report to the next, and what its limits are told to be at the edges of a time.</summary>
public sealed class AdaptationStateTests
{
    private readonly AdaptedPath _path = new(NewRule(1_200, 10, Trigger("stop", TriggerAction.Suspend, 0, false, minutes: 60), Trigger("half", TriggerAction.Connections), Trigger("rate", TriggerAction.Rate, minutes: 120)));

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_rule_that_asks_for_no_more_than_what_was_lowered_to_holds_instead(int connections)
    {
        _path.Hit("half");
        _path.Rule = _path.Rule with { MaxConnections = connections };
        var move = Assert.Single(_path.Minutes(0));
        Assert.Equal((PathMode.Reduced, PathMode.Normal, MoveCause.Rule), (move.From, move.To, move.Cause));
        Assert.Equal((connections, LimitReason.Rule), (_path.Limits.Connections, _path.Limits.Because));
    }

    [Fact]
    public void A_rule_that_allows_more_is_climbed_to()
    {
        _path.Hit("half");
        _path.Rule = _path.Rule with { MaxConnections = 20 };
        Assert.Empty(_path.Minutes(0));
        Assert.Equal((5, 20), (_path.Limits.Connections, _path.Control.Connections!.Top));
        _path.GoodHours(48);
        Assert.Equal((20, PathMode.Normal), (_path.Limits.Connections, _path.Mode));
    }

    [Fact]
    public void The_best_hour_is_that_of_a_day()
    {
        _path.Answers(delivered: 100);
        Assert.Equal((100, Start), (_path.Control.BestHour, _path.Control.BestHourAt));
        _path.Pass(TimeSpan.FromHours(2));
        Assert.Equal((100, Start), (_path.Control.BestHour, _path.Control.BestHourAt));
        _path.Answers(delivered: 50);
        Assert.Equal((100, Start), (_path.Control.BestHour, _path.Control.BestHourAt));
        _path.Pass(TimeSpan.FromHours(2));
        _path.Answers(delivered: 100);
        Assert.Equal((100, Start.AddHours(4)), (_path.Control.BestHour, _path.Control.BestHourAt));
        _path.Pass(TimeSpan.FromHours(24));
        _path.Answers(delivered: 30);
        Assert.Equal(100, _path.Control.BestHour);
        _path.Minutes(1);
        Assert.Equal((30, _path.Now), (_path.Control.BestHour, _path.Control.BestHourAt));
        _path.Pass(TimeSpan.FromHours(30));
        Assert.Equal(30, _path.Control.BestHour);
    }

    [Fact]
    public void Twenty_deferrals_in_a_row_and_not_nineteen_are_a_path_that_takes_nothing()
    {
        Assert.Empty(_path.Answers(deferred: 12));
        Assert.Empty(_path.Report(new PathReport { At = _path.Now, Delivered = 1, Deferred = new(15, "451"), DeferredInRow = 15, AnsweredAt = _path.Now }));
        Assert.Empty(_path.Answers(deferred: 4));
        Assert.Equal(19, _path.Control.DeferredInRow);
        Assert.Equal(MoveCause.TakesNothing, Assert.Single(_path.Answers(deferred: 1)).Cause);
    }

    [Fact]
    public void A_failure_is_kept_with_its_time_and_none_is_later_than_now()
    {
        _path.NoSession(Start.AddMinutes(-1));
        Assert.Equal(Start.AddMinutes(-1), _path.Control.Backoff!.At);
        var ahead = new AdaptedPath(NewRule());
        ahead.NoSession(Start.AddMinutes(1));
        Assert.Equal(Start, ahead.Control.Backoff!.At);
        // A session of the same moment: it works.
        Assert.Empty(new AdaptedPath(NewRule()).Report(new PathReport { SessionFailures = new(1, Start, "ConnectTimeout", null), SessionWorkedAt = Start }));
    }

    [Fact]
    public void Deferrals_of_an_outage_are_not_judged_after_it()
    {
        var slice = SliceCounts.NumberOf(Start);
        _path.Answers(deferred: 20);
        _path.Now = _path.Control.Backoff!.Until;
        _path.Answers(delivered: 1);
        Assert.Equal(SliceCounts.NumberOf(_path.Now) + 1, _path.Control.JudgedFrom);

        var down = new AdaptedPath(NewRule());
        down.NoSession();
        down.Now += TimeSpan.FromMinutes(2);
        down.Session();
        Assert.Equal(slice, down.Control.JudgedFrom);
        // Nor is what was sent before a lowering, which takes ten minutes to show.
        var lowered = new AdaptedPath(_path.Rule);
        lowered.Hit("half");
        Assert.Equal(SliceCounts.NumberOf(Start.AddMinutes(10)) + 1, lowered.Control.JudgedFrom);
        lowered.NoSession();
        lowered.Now += TimeSpan.FromMinutes(2);
        lowered.Session();
        Assert.Equal(SliceCounts.NumberOf(Start.AddMinutes(10)) + 1, lowered.Control.JudgedFrom);
    }

    [Fact]
    public void Complaints_are_counted_anew_after_a_suspension_and_not_after_words()
    {
        _path.Answers(delivered: 100, complaints: 1);
        _path.Hit("half");
        Assert.Equal((100, 1), (_path.Control.Complaints.AllDelivered, _path.Control.Complaints.AllComplaints));
        _path.Report(new PathReport { Complaints = 2 });
        Assert.Equal(3, _path.Control.Complaints.AllComplaints);
        _path.Hit("stop");
        Assert.Equal((0, 0, _path.Now.AddHours(6)), (_path.Control.Complaints.AllDelivered, _path.Control.Complaints.AllComplaints, _path.Control.Complaints.From));
    }

    [Fact]
    public void Complaints_among_other_objections_are_counted_anew_too()
    {
        var path = new AdaptedPath(NewRule(5_000));
        path.Answers(delivered: 3_000, throttled: 200, complaints: 10);
        Assert.Single(path.Moves);
        Assert.Equal((0, path.Now.AddHours(6)), (path.Control.Complaints.AllComplaints, path.Control.Complaints.From));
    }

    [Fact]
    public void A_piece_of_a_burst_that_asks_for_the_same_for_longer_prolongs_it_without_a_word()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("half", TriggerAction.Connections), Trigger("longer", TriggerAction.Connections, minutes: 90)));
        path.Hit("half");
        Assert.Empty(path.Hit("longer"));
        Assert.Equal((5, Start.AddMinutes(90)), (path.Limits.Connections, path.Limits.Until));
    }

    [Fact]
    public void What_was_lowered_stays_for_ten_minutes_however_short_the_trigger()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Connections, minutes: 5)));
        path.Hit("t");
        path.Minutes(9.9);
        Assert.Equal(5, path.Limits.Connections);
        path.Minutes(0.1);
        Assert.Equal(7, path.Limits.Connections);
    }

    [Fact]
    public void The_newest_twelve_triggers_are_remembered()
    {
        ReplyTrigger[] triggers = [.. Enumerable.Range(0, 13).Select(i => Trigger($"t{i:00}", TriggerAction.Connections, count: 2))];
        var path = new AdaptedPath(NewRule(1_200, 10, triggers));
        foreach (var trigger in triggers)
        {
            path.Hit(trigger.Id);
            path.Now += TimeSpan.FromSeconds(1);
        }
        Assert.Equal(triggers.Skip(1).Select(t => t.Id), path.Control.Triggers.Select(t => t.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1_200)]
    [InlineData(5_000)]
    public void A_figure_at_or_above_the_rules_changes_nothing(double perHour) =>
        Assert.Empty(new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Rate, perHour, false))).Hit("t"));

    [Fact]
    public void Without_an_hourly_limit_it_climbs_to_twice_the_pace_or_the_best_hour()
    {
        var path = new AdaptedPath(NewRule(null, 10, Trigger("t", TriggerAction.Rate)));
        path.Answers(delivered: 600);
        path.Hit("t");
        Assert.Equal((3_600, 14_400), (path.Limits.MessagesPerHour, path.Control.MessagesPerHour!.Top));
        path.Minutes(11);
        path.Hit("t");
        Assert.Equal(14_400, path.Control.MessagesPerHour.Top);

        var busy = new AdaptedPath(path.Rule);
        busy.GoodHours(2);
        busy.Pass(TimeSpan.FromHours(2));
        busy.Answers(delivered: 10);
        busy.Hit("t");
        Assert.Equal((60, 24_000), (busy.Limits.MessagesPerHour, busy.Control.MessagesPerHour!.Top));
    }

    [Fact]
    public void A_suspension_longer_than_four_hours_lasts_as_asked_and_no_longer_when_it_relapses()
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("long", TriggerAction.Suspend, 0, false, minutes: 360)));
        path.Hit("long");
        Assert.InRange((path.Control.Suspension!.Until - path.Now).TotalHours, 6, 6.3);
        path.Pass(path.Control.Suspension.Until - path.Now);
        path.Hit("long");
        Assert.InRange((path.Control.Suspension.Until - path.Now).TotalHours, 6, 6.3);
    }

    [Fact]
    public void Probes_are_judged_by_what_was_met_after_the_suspension_and_by_triggers_of_the_rule()
    {
        _path.Hit("stop");
        var until = _path.Control.Suspension!.Until;
        _path.Pass(until - _path.Now);
        Assert.Empty(_path.Report(new PathReport { At = until.AddSeconds(-1), Delivered = 3, AnsweredAt = until }));
        Assert.Empty(_path.Hit("gone"));
        Assert.Equal(PathMode.Probing, _path.Mode);
        Assert.Equal(PathMode.Reduced, Assert.Single(_path.Report(new PathReport { At = until, Delivered = 3, AnsweredAt = until })).To);
    }

    /// <summary>They would have opened the path before its probes did.</summary>
    [Fact]
    public void Words_from_before_the_probes_change_nothing_while_they_go_on()
    {
        _path.Hit("stop");
        var until = _path.Control.Suspension!.Until;
        _path.Pass(until - _path.Now);
        Assert.Empty(_path.Hit("half", 1, until.AddMinutes(-1)));
        Assert.Equal(PathMode.Probing, _path.Mode);
    }

    [Fact]
    public void Probes_open_to_the_rules_figures_where_these_are_no_higher_than_what_was_lowered_to()
    {
        _path.Hit("stop");
        _path.Rule = _path.Rule with { MaxConnections = 1, MessagesPerHour = 60 };
        _path.Pass(_path.Control.Suspension!.Until - _path.Now);
        Assert.Equal((PathMode.Probing, PathMode.Normal), Assert.Single(_path.Answers(delivered: 3)) is var opened ? (opened.From, opened.To) : default);
    }

    [Theory]
    [InlineData(2, 0, "451 4.7.1 too fast")]
    [InlineData(1, 1, "554 5.7.1 spam")]
    public void Two_probes_that_are_refused_close_the_path_with_the_words_of_one(int throttled, int blocked, string sample)
    {
        _path.Hit("stop");
        _path.Pass(_path.Control.Suspension!.Until - _path.Now);
        var move = Assert.Single(_path.Answers(throttled: throttled, blocked: blocked));
        Assert.Equal((PathMode.Suspended, MoveCause.Probes, sample), (move.To, move.Cause, move.Sample));
        Assert.InRange((move.Until!.Value - _path.Now).TotalHours, 2, 2.1);
    }

    [Theory]
    [InlineData(59, 2)]
    [InlineData(60, 1)]
    public void A_suspension_is_a_relapse_until_an_hour_went_well(double minutes, double hours)
    {
        _path.Hit("stop");
        _path.Pass(_path.Control.Suspension!.Until - _path.Now);
        _path.Answers(delivered: 3);
        _path.Minutes(minutes);
        _path.Hit("stop");
        Assert.InRange((_path.Control.Suspension!.Until - _path.Now).TotalHours, hours, hours * 1.05);
    }

    [Fact]
    public void Limits_say_until_when_the_longest_of_them_holds()
    {
        Assert.Null(_path.Limits.Until);
        _path.Hit("half");
        Assert.Equal((LimitReason.Adapted, Start.AddMinutes(30)), (_path.Limits.Because, _path.Limits.Until));
        _path.Answers(delivered: 100);
        _path.Hit("rate");
        Assert.Equal(Start.AddMinutes(120), _path.Limits.Until);
        _path.Take(OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(null, null, 7, Start.AddHours(1), null), _path.Now));
        Assert.Equal((5, 7, LimitReason.OperatorOverride, Start.AddHours(1)), (_path.Limits.Connections, _path.Limits.MessagesPerConnection, _path.Limits.Because, _path.Limits.Until));
    }

    [Fact]
    public void What_an_operator_set_is_over_at_its_very_time()
    {
        _path.Take(OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(1, null, null, Start.AddHours(1), null), _path.Now));
        _path.Take(OperatorActions.Suspend(_path.Control, _path.Rule, Start.AddHours(1), null, _path.Now));
        _path.Now = Start.AddHours(1).AddTicks(-1);
        Assert.Equal((PathMode.Suspended, true), (_path.Mode, _path.Limits.IsHeld));
        _path.Now = Start.AddHours(1);
        Assert.Equal((PathMode.Normal, 10, LimitReason.Rule), (_path.Mode, _path.Limits.Connections, _path.Limits.Because));
    }

    [Fact]
    public void A_path_of_few_messages_is_probed_with_as_few()
    {
        var path = new AdaptedPath(NewRule(24, 10, Trigger("stop", TriggerAction.Suspend, 0, false, minutes: 60)));
        path.Answers(delivered: 2);
        path.Hit("stop");
        path.Now = path.Control.Suspension!.Until;
        Assert.Equal((1, 24, 5, LimitReason.Probing), (path.Limits.Connections, path.Limits.MessagesPerHour, path.Limits.MessagesPerConnection, path.Limits.Because));
    }

    [Fact]
    public void Resuming_is_told_whatever_kept_the_path()
    {
        _path.NoSession();
        _path.Take(OperatorActions.Resume(_path.Control, _path.Rule, "fixed", _path.Now));
        Assert.Equal((MoveCause.Operator, "fixed"), (_path.Moves[^1].Cause, _path.Moves[^1].By));
        Assert.Null(_path.Control.Backoff);
        _path.Take(OperatorActions.Suspend(_path.Control, _path.Rule, Start.AddHours(1), null, _path.Now));
        var step = OperatorActions.Resume(_path.Control, _path.Rule, null, _path.Now);
        Assert.Equal((PathMode.Suspended, PathMode.Normal), (Assert.Single(step.Moves).From, step.Moves[0].To));
    }

    [Theory]
    [InlineData(37, 40, 600)]
    [InlineData(37, 39, null)]
    public void A_rate_is_proven_by_half_an_hour_at_three_quarters_of_it(int each, int last, int? proven)
    {
        var path = new AdaptedPath(NewRule(1_200, 10, Trigger("t", TriggerAction.Rate, 600, false)));
        path.Hit("t");
        for (var slice = 1; slice <= 6; slice++)
        {
            path.Now += TimeSpan.FromMinutes(5);
            path.Answers(delivered: slice < 6 ? each : last);
        }
        Assert.Equal(proven, path.Control.MessagesPerHour!.Proven);
    }

    [Theory]
    [InlineData(0, 10, 5)]
    [InlineData(0, 9, null)]
    [InlineData(500, 0, null)]
    public void Connections_are_proven_by_ten_messages_of_the_last_half_hour(int before, int since, int? proven)
    {
        if (before > 0)
            _path.Answers(delivered: before);
        _path.Hit("half");
        _path.Minutes(20);
        if (since > 0)
            _path.Answers(delivered: since);
        _path.Minutes(10);
        Assert.Equal(proven, _path.Control.Connections!.Proven);
    }
}
