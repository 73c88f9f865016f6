using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class OperatorTests
{
    private readonly AdaptedPath _path = new(NewRule(1_200, 10, Trigger("stop", TriggerAction.Suspend, 0, false, minutes: 60), Trigger("half", TriggerAction.Connections)));

    private DateTimeOffset In(double hours) => _path.Now + TimeSpan.FromHours(hours);

    [Fact]
    public void A_suspension_holds_until_its_time_and_the_path_goes_on_as_it_stood()
    {
        _path.Hit("half");
        _path.Take(OperatorActions.Suspend(_path.Control, _path.Rule, In(2), "looking into it", _path.Now));
        var move = _path.Moves[^1];
        Assert.Equal((PathMode.Reduced, PathMode.Suspended, MoveCause.Operator, "looking into it"), (move.From, move.To, move.Cause, move.By));
        Assert.Equal((0, 0, LimitReason.OperatorSuspended), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.Because));
        Assert.Equal(PathMode.Suspended, _path.Mode);

        var ended = Assert.Single(_path.Minutes(120), m => m.From == PathMode.Suspended);
        Assert.Equal((PathMode.Reduced, MoveCause.TimePassed), (ended.To, ended.Cause));
        Assert.False(_path.Limits.IsHeld);
    }

    [Fact]
    public void Resuming_ends_an_operators_suspension_a_back_off_and_begins_to_probe_where_adaptation_suspended()
    {
        _path.Hit("stop");
        _path.NoSession();
        _path.Take(OperatorActions.Suspend(_path.Control, _path.Rule, In(2), null, _path.Now));
        _path.Take(OperatorActions.Resume(_path.Control, _path.Rule, "fixed", _path.Now));
        Assert.Equal((PathMode.Suspended, PathMode.Probing, "fixed"), (_path.Moves[^1].From, _path.Moves[^1].To, _path.Moves[^1].By));
        Assert.Equal((1, LimitReason.Probing), (_path.Limits.Connections, _path.Limits.Because));
        Assert.Empty(OperatorActions.Resume(_path.Control, _path.Rule, null, _path.Now).Moves);
    }

    [Fact]
    public void Ceilings_of_an_operator_hold_above_rule_and_adaptation_until_their_time()
    {
        _path.Take(OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(20, 30, null, In(3), "big day"), _path.Now));
        Assert.Equal((20, 30, 100, LimitReason.OperatorOverride), (_path.Limits.Connections, _path.Limits.MessagesPerHour, _path.Limits.MessagesPerConnection, _path.Limits.Because));
        Assert.Equal((new CeilingChange(10, 20), new CeilingChange(1_200, 30), In(3)), (_path.Moves[^1].Connections, _path.Moves[^1].MessagesPerHour, _path.Moves[^1].Until));

        // Adaptation goes on beneath it.
        _path.Hit("half");
        Assert.Equal(20, _path.Limits.Connections);
        _path.Hit("stop");
        Assert.True(_path.Limits.IsHeld);

        _path.Take(OperatorActions.Resume(_path.Control, _path.Rule, null, _path.Now));
        var moves = _path.Pass(TimeSpan.FromHours(3));
        Assert.Contains(moves, m => m is { Cause: MoveCause.TimePassed, By: "big day", MessagesPerHour.From: 30 });
        Assert.Null(_path.Control.Override);
    }

    [Fact]
    public void An_override_can_be_taken_back()
    {
        _path.Take(OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(1, null, null, In(3), null), _path.Now));
        _path.Take(OperatorActions.EndOverride(_path.Control, _path.Rule, "enough", _path.Now));
        Assert.Equal((10, new CeilingChange(1, 10)), (_path.Limits.Connections, _path.Moves[^1].Connections));
        Assert.Empty(OperatorActions.EndOverride(_path.Control, _path.Rule, null, _path.Now).Moves);
    }

    [Fact]
    public void Times_in_the_past_and_figures_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => OperatorActions.Suspend(_path.Control, _path.Rule, _path.Now, null, _path.Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(0, null, null, In(1), null), _path.Now));
        Assert.Throws<ArgumentOutOfRangeException>(() => OperatorActions.Override(_path.Control, _path.Rule, new OperatorOverride(1, null, null, _path.Now, null), _path.Now));
    }
}
