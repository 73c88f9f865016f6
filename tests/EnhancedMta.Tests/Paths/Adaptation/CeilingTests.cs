using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class CeilingTests
{
    private static readonly DateTimeOffset Now = AdaptedPath.Start;
    private static readonly CeilingBounds Bounds = new(1, 1_000);

    /// <summary>In use at 800 for long, after 600 was fine and 900 was not.</summary>
    private static readonly Ceiling Raised = new() { Value = 800, Top = 1_000, LoweredAt = Now.AddHours(-5), Proven = 600, ObjectedTo = 900, ObjectedAt = Now.AddHours(-5), Patience = 2 };

    /// <summary>Lowered just now from 1,000 to 500.</summary>
    private static readonly Ceiling Fresh = Ceiling.Lower(null, Share(0.5), 1_000, null, 1_000, Bounds, Now);

    [Fact]
    public void A_first_objection_gets_what_it_asks_for()
    {
        Assert.Equal((500, 1_000, 1_000, 1_000, 50), (Fresh.Value, Fresh.Top, Fresh.Base, Fresh.ObjectedTo, Fresh.Step));
        Assert.Equal((Now, Now, Now.AddMinutes(30), false), (Fresh.LoweredAt, Fresh.ObjectedAt, Fresh.Until, Fresh.IsStepBack));
        Assert.Equal((1, 1_000, 400), (Bounds.Clamp(0), Bounds.Clamp(5_000), Bounds.Clamp(400.9)));
        Assert.Equal(5_000, new CeilingBounds(1, null).Clamp(5_000));
    }

    [Fact]
    public void After_a_raise_a_mild_one_is_answered_by_a_step_back_to_below_what_was_fine()
    {
        var lowered = Lower(Raised);
        Assert.Equal((578, true, 1, 4, 578), (lowered.Value, lowered.IsStepBack, lowered.StepsBack, lowered.Patience, lowered.Proven));
        Assert.Equal((800, Now.AddMinutes(30), 800), (lowered.ObjectedTo, lowered.Until, lowered.Base));
        // One small step at least, also where this very level was fine.
        Assert.Equal((755, 755), Lower(Raised with { Proven = 800 }) is var one ? (one.Value, one.Proven) : default);
        Assert.Equal((755, 755), Lower(Raised with { Proven = 799 }) is var near ? (near.Value, near.Proven) : default);
        Assert.Equal(2, Lower(Raised with { Patience = 0 }).Patience);
        Assert.Equal(8, Lower(Raised with { Patience = 5 }).Patience);
    }

    [Theory]
    [InlineData(650, 650)]
    [InlineData(100, 578)]
    [InlineData(2_000, 800)]
    public void What_was_objected_to_is_the_pace_between_the_new_level_and_the_old(double pace, int objectedTo) => Assert.Equal(objectedTo, Lower(Raised, pace).ObjectedTo);

    [Fact]
    public void One_that_is_not_mild_or_follows_two_steps_back_gets_what_it_asks_for()
    {
        Assert.Equal((400, false), Lower(Raised, isMild: false) is var strict ? (strict.Value, strict.IsStepBack) : default);
        Assert.Equal((400, false), Lower(Raised with { StepsBack = 2 }) is var third ? (third.Value, third.IsStepBack) : default);
        Assert.Equal((400, false), Lower(Raised with { Proven = null }) is var unproven ? (unproven.Value, unproven.IsStepBack) : default);
    }

    [Theory]
    [InlineData(100, 800)]
    [InlineData(850, 850)]
    [InlineData(2_000, 900)]
    public void Within_an_hour_the_remote_took_as_much_as_went(double pace, int objectedTo) => Assert.Equal(objectedTo, Lower(Raised, pace, isMild: false).ObjectedTo);

    [Fact]
    public void Pieces_of_a_burst_are_reckoned_from_the_same_figure_and_may_ask_for_longer()
    {
        var at = Now.AddMinutes(1);
        Assert.Equal((250, Now.AddMinutes(60), Now), Piece(Fresh, 0.25, 60, at) is var more ? (more.Value, more.Until, more.LoweredAt) : default);
        Assert.Equal((500, Now.AddMinutes(30)), Piece(Fresh, 0.75, 10, at) is var less ? (less.Value, less.Until) : default);
        // What comes ten minutes later is an answer to the lowered figure.
        Assert.Equal(Now.AddMinutes(10), Piece(Fresh, 0.5, 30, Now.AddMinutes(10)).LoweredAt);
        var back = Lower(Raised);
        Assert.Equal(back with { Asked = 200 }, Piece(back, 0.25, 60, at));
        Assert.Equal(200, Piece(Piece(back, 0.25, 60, at), 0.75, 60, at).Asked);
        Assert.Equal(200, Strict(back, 0.25).Value);
        // Once a piece is not mild, all get what they ask for, whichever came first.
        Assert.Equal((400, false, null), Strict(back, 0.75) is var due ? (due.Value, due.IsStepBack, due.Proven) : default);
        Assert.Equal(200, Strict(Piece(back, 0.25, 60, at), 0.75).Value);
        Assert.Equal(200, Piece(Strict(back, 0.75), 0.25, 60, at).Value);

        Ceiling Strict(Ceiling was, double share) => Ceiling.Lower(was, Share(share, isMild: false, at: at), 800, null, 1_000, Bounds, at);
    }

    [Fact]
    public void A_piece_that_is_told_late_forgets_nothing_that_was_learned_since()
    {
        var since = Fresh with { Proven = 500, Patience = 3, StepsBack = 1 };
        Assert.Equal(since with { Value = 250 }, Piece(since, 0.25, 30, Now.AddMinutes(1)));
    }

    [Fact]
    public void A_level_in_use_for_half_an_hour_is_proven_and_forgets_an_objection_below_it()
    {
        var used = new Ceiling { Value = 600, Top = 1_000, ObjectedTo = 600, Patience = 4, StepsBack = 1, Step = 1 };
        Assert.Equal(used with { Proven = 600, StepsBack = 0, ObjectedTo = null, Patience = 0, Step = 60 }, used.Quiet(true, Now, Now.AddMinutes(30)));
        Assert.Equal(used with { Proven = 600, StepsBack = 0, ObjectedTo = 601 }, (used with { ObjectedTo = 601 }).Quiet(true, Now, Now.AddMinutes(30)));
        Assert.Same(used, used.Quiet(true, Now, Now.AddMinutes(29)));
        Assert.Same(used, used.Quiet(false, Now, Now.AddHours(3)));
    }

    [Fact]
    public void Nothing_is_raised_before_its_time_or_above_the_rule()
    {
        var ceiling = new Ceiling { Value = 100, Top = 1_000, Step = 10, Until = Now };
        Assert.Same(ceiling, ceiling.Raise(true, Now.AddTicks(-1)));
        Assert.Equal(110, ceiling.Raise(true, Now).Value);
        var top = ceiling with { Value = 1_000 };
        Assert.Same(top, top.Raise(true, Now));
        Assert.Equal(1_000, (ceiling with { Value = 995, Step = 50 }).Raise(true, Now).Value);
    }

    [Fact]
    public void In_unknown_land_steps_double_up_to_a_quarter()
    {
        var ceiling = new Ceiling { Value = 100, Top = 1_000, Step = 10 };
        Assert.Equal((110, 20), ceiling.Raise(false, Now) is var first ? (first.Value, first.Step) : default);
        Assert.Equal((125, 50), (ceiling with { Step = 60 }).Raise(false, Now) is var careful ? (careful.Value, careful.Step) : default);
        Assert.Equal((875, 250), (ceiling with { Value = 700, Step = 200 }).Raise(false, Now) is var large ? (large.Value, large.Step) : default);
        Assert.Equal((4, 2), (ceiling with { Value = 3, Step = 5 }).Raise(false, Now) is var small ? (small.Value, small.Step) : default);
        // An objection of yesterday says nothing any more.
        var old = ceiling with { ObjectedTo = 200, ObjectedAt = Now.AddHours(-24), Patience = 3 };
        Assert.Equal((110, null, 0), old.Raise(false, Now) is var forgotten ? (forgotten.Value, forgotten.ObjectedTo, forgotten.Patience) : default);
        Assert.Equal(150, (old with { ObjectedAt = Now.AddHours(-24).AddTicks(1) }).Raise(false, Now).Value);
    }

    [Fact]
    public void Towards_a_level_that_was_objected_to_it_goes_half_the_way_and_over_it_only_when_used_and_with_patience()
    {
        var ceiling = new Ceiling { Value = 100, Top = 1_000, ObjectedTo = 500, ObjectedAt = Now };
        Assert.Equal(300, ceiling.Raise(false, Now).Value);
        Assert.Equal(350, (ceiling with { ObjectedTo = 900 }).Raise(false, Now).Value);
        Assert.Equal(475, (ceiling with { Value = 460, ObjectedTo = 500 }).Raise(false, Now).Value - 10);
        var near = ceiling with { Value = 475 };
        Assert.Same(near, near.Raise(false, Now.AddHours(20)));
        Assert.Same(near, near.Raise(true, Now.AddMinutes(59)));
        Assert.Equal(500, near.Raise(true, Now.AddHours(1)).Value);
        var patient = near with { Patience = 3 };
        Assert.Same(patient, patient.Raise(true, Now.AddHours(2.9)));
        Assert.Equal(500, patient.Raise(true, Now.AddHours(3)).Value);
    }

    [Fact]
    public void It_is_over_at_the_rules_figure_when_nothing_speaks_against_it()
    {
        var ceiling = new Ceiling { Value = 1_000, Top = 1_000, Until = Now };
        Assert.True(ceiling.IsOver(Now));
        Assert.False(ceiling.IsOver(Now.AddTicks(-1)));
        Assert.False((ceiling with { Value = 999 }).IsOver(Now));
        var objected = ceiling with { ObjectedTo = 1_000, ObjectedAt = Now.AddHours(-23) };
        Assert.False(objected.IsOver(Now));
        Assert.True(objected.IsOver(Now.AddHours(1)));
    }

    private static Objection Share(double share, int minutes = 30, bool isMild = true, DateTimeOffset? at = null) =>
        new(MoveCause.Trigger, "t", TriggerAction.Rate, share, true, TimeSpan.FromMinutes(minutes), isMild, null, at ?? Now);

    private static Ceiling Lower(Ceiling was, double? pace = null, bool isMild = true) => Ceiling.Lower(was, Share(0.5, isMild: isMild), 800, pace, 1_000, Bounds, Now);

    private static Ceiling Piece(Ceiling was, double share, int minutes, DateTimeOffset at) => Ceiling.Lower(was, Share(share, minutes, at: at), 500, null, 1_000, Bounds, at);
}
