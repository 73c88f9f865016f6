using CsCheck;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Tests.WarmUp;

/// <summary>What a day becomes. The schedule is ours: 200, 500, 1000 … with limits of 10 % deferred, 3 % blocked, 0.1 % complaints.</summary>
public sealed class WarmUpStateTests
{
    private static readonly WarmUpSchedule Schedule = WarmUpSchedule.BuiltIn;
    private static readonly DateOnly Monday = new(2026, 11, 23);

    [Theory]
    // Day, delivered, address only, deferred, blocked, complaints; the next day, and why it begins with.
    [InlineData(1, 200, 0, 0, 0, 0, 2, "on: 200 answers within the limits")]
    [InlineData(1, 60, 40, 0, 0, 0, 2, "on: ")]
    [InlineData(1, 99, 0, 0, 0, 0, 1, "not on: 99 answers are less than 50 % of the day's 200")]
    [InlineData(5, 0, 0, 0, 0, 0, 5, "not on: 0 answers")]
    [InlineData(5, 4_501, 0, 499, 0, 0, 6, "on: ")]
    [InlineData(5, 4_500, 0, 500, 0, 0, 4, "back: deferred 10.00 % (500 of 5000), the limit is 10.00 %")]
    [InlineData(5, 4_851, 0, 0, 149, 0, 6, "on: ")]
    [InlineData(5, 4_850, 0, 0, 150, 0, 4, "back: blocked 3.00 % (150 of 5000), the limit is 3.00 %")]
    [InlineData(5, 5_000, 0, 0, 0, 4, 6, "on: ")]
    [InlineData(5, 5_000, 0, 0, 0, 5, 4, "back: complaints 0.10 % (5 of 5000), the limit is 0.10 %")]
    // Of several faults the first is named.
    [InlineData(5, 4_000, 0, 700, 300, 30, 4, "back: deferred")]
    [InlineData(5, 4_700, 0, 0, 300, 30, 4, "back: blocked")]
    // A few are chance, whatever their share.
    [InlineData(1, 198, 0, 0, 0, 2, 2, "on: ")]
    [InlineData(1, 196, 0, 0, 4, 0, 2, "on: ")]
    [InlineData(2, 20, 0, 9, 0, 0, 2, "not on: 29 answers")]
    // A bad day is one however short it was, and the first has none before it.
    [InlineData(9, 90, 0, 0, 10, 0, 8, "back: blocked")]
    [InlineData(1, 190, 0, 0, 10, 0, 1, "not on: blocked")]
    // Complaints may come on a day without mail.
    [InlineData(9, 0, 0, 0, 0, 3, 8, "back: complaints")]
    [InlineData(29, 6_000_000, 0, 0, 0, 0, null, "warm: ")]
    [InlineData(29, 4_999_999, 0, 0, 0, 0, 29, "not on: ")]
    public void A_day_is_judged(int day, int delivered, int addressOnly, int deferred, int blocked, int complaints, int? next, string why)
    {
        var counts = new WarmUpCounts(delivered, addressOnly, deferred, blocked, complaints);
        var (step, because) = WarmUpState.Judge(day, counts, Schedule);
        Assert.Equal(next, step);
        Assert.StartsWith(why, because, StringComparison.Ordinal);

        var ended = (State(day) with { Counts = counts }).At(Monday.AddDays(1), Schedule);
        Assert.Equal((next is null, next ?? day), (ended.IsWarm, ended.Day));
        Assert.Equal((0, true, Monday.AddDays(1)), (ended.Taken, ended.Counts.IsEmpty, ended.Date));
        if (counts.IsEmpty)
            Assert.Empty(ended.Moves);
        else
            Assert.Equal(new WarmUpMove(Monday, day, next, because, counts), ended.Moves[0]);
    }

    [Fact]
    public void Days_without_mail_change_nothing_and_the_day_before_them_counts_once()
    {
        var state = (State(3) with { Counts = new(1_000, 0, 0, 0, 0), Taken = 1_000 }).At(Monday.AddDays(5), Schedule);
        Assert.Equal((4, Monday.AddDays(5), 1), (state.Day, state.Date, state.Moves.Count));
        Assert.Same(state, state.At(Monday.AddDays(5), Schedule));
        // A clock that is behind.
        Assert.Same(state, state.At(Monday.AddDays(4), Schedule));
    }

    [Fact]
    public void Warm_needs_no_budget_and_stays_warm()
    {
        var state = (State(1) with { IsWarm = true, Taken = 7, Counts = new(0, 0, 0, 500, 0) }).At(Monday.AddDays(1), Schedule);
        Assert.True(state.IsWarm);
        Assert.Equal((Monday.AddDays(1), 0, true), (state.Date, state.Taken, state.Counts.IsEmpty));
        Assert.Equal(1_000_000, state.Take(1_000_000, false, At(0), Schedule).Taken);
    }

    [Fact]
    public void An_operator_s_word_goes_and_is_kept()
    {
        var state = State(3).Set(9, Monday).Set(null, Monday).Set(2, Monday);
        Assert.Equal((2, false), (state.Day, state.IsWarm));
        Assert.Equal([(null, 2), (9, null), (3, 9)], state.Moves.Select(m => (m.From, m.To)));
    }

    [Fact]
    public void Another_ip_under_the_same_id_is_cold()
    {
        var state = State(20) with { Counts = new(5, 0, 0, 0, 0) };
        Assert.Same(state, state.WithAddress(null, Monday));
        var known = state.WithAddress("192.0.2.1", Monday);
        Assert.Equal((20, "192.0.2.1", 0), (known.Day, known.Address, known.Moves.Count));
        Assert.Same(known, known.WithAddress("192.0.2.1", Monday));
        var other = known.WithAddress("192.0.2.2", Monday);
        Assert.Equal((1, "192.0.2.2", true), (other.Day, other.Address, other.Counts.IsEmpty));
        Assert.Equal("over: the IP was 192.0.2.1 and is 192.0.2.2", other.Moves[0].Why);
    }

    [Fact]
    public void Whatever_happens_in_a_day_no_more_than_its_budget_is_taken()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Int[1, 400], Gen.Double[0, 1]);
        Gen.Select(Gen.Int[1, 7], Gen.Int[0, 3_000], step.Array[1, 60]).Sample((day, booked, steps) =>
        {
            var budget = Schedule.BudgetOf(day);
            // Booked for a budget that may have been another.
            var state = State(day) with { Booked = new BookedRoom(Math.Min(booked, 2_000), 2_000) };
            var (sent, hand) = (0, 0);
            foreach (var (what, count, part) in steps.OrderBy(s => s.Item3))
            {
                var now = At(part * 24);
                Assert.InRange(state.Room(false, now, Schedule), 0, Schedule.OpenTo(false, day));
                Assert.InRange(state.Room(true, now, Schedule), state.Room(false, now, Schedule), budget);
                if (what is 0 or 3)
                {
                    (state, var taken) = state.Take(count, what == 3, now, Schedule);
                    hand += taken;
                    Assert.True(what == 3 || taken == 0 || state.Taken <= Schedule.OpenTo(false, day));
                }
                else if (what == 1)
                {
                    var used = Math.Min(hand, count);
                    (sent, hand) = (sent + used, hand - used);
                }
                else
                {
                    var back = Math.Min(hand, count);
                    (state, hand) = (state.GiveBack(back), hand - back);
                }
                Assert.True(sent + hand == state.Taken && state.Taken <= budget);
            }
        });
    }

    [Fact]
    public void Whatever_the_days_are_like_the_step_is_at_most_one_and_up_only_after_enough_that_went_well()
    {
        var dayOf = Gen.Select(Gen.Int[1, 29], Gen.Int[0, 12_000_000], Gen.Double[0, 0.3], Gen.Double[0, 0.1], Gen.Double[0, 0.003], Gen.Int[1, 4]);
        dayOf.Array[1, 40].Sample(days =>
        {
            var state = State(days[0].Item1);
            foreach (var (_, answers, deferred, blocked, complaints, gap) in days)
            {
                var before = state;
                var (d, b) = ((int)(answers * deferred), (int)(answers * blocked));
                var counts = new WarmUpCounts(answers - d - b, 0, d, b, (int)((answers - d - b) * complaints));
                state = (state with { Counts = counts }).At(state.Date.AddDays(gap), Schedule);
                if (before.IsWarm)
                    return;
                var step = (state.IsWarm ? 30 : state.Day) - before.Day;
                Assert.InRange(step, -1, 1);
                if (step <= 0)
                    continue;
                Assert.True(counts.Answers >= Schedule.BudgetOf(before.Day) * Schedule.Enough);
                Assert.True(d < 10 || d < answers * 0.1);
                Assert.True(b < 5 || b < answers * 0.03);
                Assert.True(counts.Complaints < 3 || counts.Complaints < counts.Delivered * 0.001);
            }
        });
    }

    private static WarmUpState State(int day) => new() { Day = day, Date = Monday };

    private static DateTimeOffset At(double hour) => new DateTimeOffset(Monday, TimeOnly.MinValue, TimeSpan.Zero).AddHours(Math.Min(hour, 23.999));
}
