using CsCheck;
using EnhancedMta.Qualification;
using EnhancedMta.Retries;

namespace EnhancedMta.Tests.Retries;

public sealed class RetryPlanTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 5, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Life = ValidityPeriod.Longest;
    private static readonly Gen<ReplyClass> Classes = Gen.OneOf(Enum.GetValues<ReplyClass>());

    private readonly RetryPlan _plan = new();

    [Fact]
    public void Attempts_go_forward_inside_the_life_and_end_just_before_its_end() =>
        Gen.Select(Classes, Gen.Double[0.2, 84], Gen.Int, Gen.Int[0, 300]).Sample((@class, hours, seed, work) =>
        {
            var expires = Start + TimeSpan.FromHours(hours);
            var attempts = Attempts(@class, expires, seed, TimeSpan.FromSeconds(work));
            Assert.InRange(attempts.Count, 1, 40);
            for (var i = 1; i < attempts.Count; i++)
            {
                Assert.True(attempts[i] > attempts[i - 1]);
                Assert.True(attempts[i] < expires);
            }
            var left = expires - attempts[^1];
            Assert.True(left <= RetryPlan.LastAttemptMargin, $"{left} of {hours} h left after the last attempt");
        });

    [Theory]
    [InlineData(ReplyClass.Transient, 22, 27)]
    [InlineData(ReplyClass.Session, 22, 27)]
    [InlineData(ReplyClass.MailboxFull, 20, 26)]
    [InlineData(ReplyClass.Greylisted, 25, 32)]
    [InlineData(ReplyClass.Throttled, 25, 32)]
    [InlineData(ReplyClass.SpamRefusal, 20, 26)]
    public void A_life_of_84_hours_holds_about_25_attempts(ReplyClass @class, int least, int most) =>
        Gen.Int.Sample(seed => Assert.InRange(Attempts(@class, Start + Life, seed, TimeSpan.Zero).Count, least, most), iter: 200);

    [Theory]
    [InlineData(ReplyClass.Greylisted, 1, 9, 11)]
    [InlineData(ReplyClass.Greylisted, 2, 18, 22)]
    [InlineData(ReplyClass.Greylisted, 4, 54, 66)]
    [InlineData(ReplyClass.Greylisted, 12, 216, 264)]
    [InlineData(ReplyClass.Throttled, 1, 13.5, 16.5)]
    [InlineData(ReplyClass.MailboxFull, 1, 108, 132)]
    [InlineData(ReplyClass.MailboxFull, 2, 216, 264)]
    [InlineData(ReplyClass.Dns, 1, 18, 22)]
    [InlineData(ReplyClass.Session, 1, 18, 22)]
    [InlineData(ReplyClass.Transient, 1, 18, 22)]
    [InlineData(ReplyClass.Transient, 3, 72, 88)]
    [InlineData(ReplyClass.Transient, 5, 216, 264)]
    [InlineData(ReplyClass.Transient, 500, 216, 264)]
    public void The_wait_follows_the_class_and_doubles_up_to_its_cap(ReplyClass @class, int attempts, double leastMinutes, double mostMinutes) =>
        Gen.Int.Sample(seed => Assert.InRange(
            (_plan.Next(@class, attempts, Start, Start + Life, null, new Random(seed))!.Value - Start).TotalMinutes, leastMinutes, mostMinutes), iter: 200);

    [Fact]
    public void The_jitter_spreads_and_is_the_same_for_the_same_seed()
    {
        var times = Enumerable.Range(0, 50).Select(seed => _plan.Next(ReplyClass.Transient, 1, Start, Start + Life, null, new Random(seed))!.Value).ToList();
        Assert.True(times.Distinct().Count() > 45);
        Assert.Equal(times, Enumerable.Range(0, 50).Select(seed => _plan.Next(ReplyClass.Transient, 1, Start, Start + Life, null, new Random(seed))!.Value));
    }

    [Theory]
    [InlineData(ReplyClass.Transient, 1, 20)]
    [InlineData(ReplyClass.Transient, 4, 160)]
    [InlineData(ReplyClass.Transient, 5, 240)]
    [InlineData(ReplyClass.Greylisted, 1, 10)]
    [InlineData(ReplyClass.Greylisted, 3, 40)]
    [InlineData(ReplyClass.Greylisted, 8, 60)]
    [InlineData(ReplyClass.Greylisted, 9, 240)]
    [InlineData(ReplyClass.Throttled, 1, 15)]
    [InlineData(ReplyClass.Throttled, 3, 60)]
    [InlineData(ReplyClass.Throttled, 8, 60)]
    [InlineData(ReplyClass.Throttled, 9, 240)]
    [InlineData(ReplyClass.MailboxFull, 1, 120)]
    [InlineData(ReplyClass.SpamRefusal, 1, 60)]
    [InlineData(ReplyClass.PolicyRefusal, 1, 60)]
    [InlineData(ReplyClass.AuthenticationRefusal, 1, 60)]
    [InlineData(ReplyClass.AuthenticationRefusal, 3, 240)]
    public void The_jitter_is_a_tenth_of_the_wait_to_either_side(ReplyClass @class, int attempts, double minutes)
    {
        Assert.Equal([Math.Round(0.9 * minutes, 6), minutes, Math.Round(1.1 * minutes, 6)], new[] { 0, 0.5, 1 }.Select(jitter => Math.Round(Wait(@class, attempts, null, jitter), 6)));
        // On top of a delay that was named: never before it.
        Assert.Equal([300, 315, 330], new[] { 0, 0.5, 1 }.Select(jitter => Math.Round(Wait(@class, attempts, TimeSpan.FromHours(5), jitter), 6)));
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(6, 60)]
    public void Five_times_a_shorter_delay_is_believed(int attempts, double minutes) =>
        Assert.Equal(minutes, Wait(ReplyClass.Greylisted, attempts, TimeSpan.FromMinutes(1), attempts <= 5 ? 0 : 0.5), 0.001);

    [Fact]
    public void An_attempt_half_its_wait_before_the_last_one_is_left_out()
    {
        // The second attempt's wait is 40 minutes, and the last one is due in 60 or a little later.
        var random = new Jitter(0.5);
        Assert.Equal(Start.AddMinutes(60), _plan.Next(ReplyClass.Transient, 2, Start, Start.AddMinutes(65), null, random));
        Assert.Equal(Start.AddMinutes(40), _plan.Next(ReplyClass.Transient, 2, Start, Start.AddMinutes(65.1), null, random));
    }

    [Fact]
    public void A_named_delay_is_kept_and_never_cut_short() =>
        Gen.Select(Classes, Gen.Int[1, 5], Gen.Double[10, 4 * 3600], Gen.Int).Sample((@class, attempts, seconds, seed) =>
        {
            var hint = TimeSpan.FromSeconds(seconds);
            var wait = _plan.Next(@class, attempts, Start, Start + Life, hint, new Random(seed))!.Value - Start;
            Assert.InRange(wait, hint, hint * 1.1);
        });

    [Fact]
    public void A_short_delay_named_again_and_again_is_not_believed_for_ever()
    {
        var hint = TimeSpan.FromSeconds(30);
        Assert.InRange(Attempts(ReplyClass.Greylisted, Start + Life, 1, TimeSpan.Zero, hint).Count, 20, 40);
        Assert.True(_plan.Next(ReplyClass.Greylisted, 6, Start, Start + Life, TimeSpan.FromHours(3), new Random(1)) >= Start.AddHours(3));
    }

    /// <summary>"Try again in an hour" met for the sixth time, where the plan waits an hour too, was tried again after 54 minutes.</summary>
    [Fact]
    public void No_jitter_brings_an_attempt_before_the_time_that_was_asked_for() =>
        Gen.Select(Classes, Gen.Int[1, 20], Gen.Double[10, 4 * 3600]).Sample((@class, attempts, seconds) =>
        {
            var hint = TimeSpan.FromSeconds(seconds);
            var wait = Wait(@class, attempts, hint, 0);
            Assert.True(wait >= hint.TotalMinutes - 0.001, $"{@class}, attempt {attempts}: {wait} minutes after {hint} was asked for");
        });

    [Theory]
    [InlineData(60, 0, 60)]
    [InlineData(60, 1, 66)]
    [InlineData(55, 0, 55)]
    [InlineData(66, 0, 66)]
    [InlineData(50, 0, 54)]
    public void A_delay_named_near_the_plans_own_hour_is_kept_too(double named, double jitter, double waited) =>
        Assert.Equal(waited, Wait(ReplyClass.Greylisted, 6, TimeSpan.FromMinutes(named), jitter), 0.001);

    [Fact]
    public void A_delay_beyond_the_end_leads_to_the_last_attempt()
    {
        var expires = Start.AddHours(1);
        Assert.Equal(expires - RetryPlan.LastAttemptMargin, _plan.Next(ReplyClass.Transient, 2, Start, expires, TimeSpan.FromHours(4), new Random(1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(-60)]
    public void After_the_last_attempt_there_is_none(int minutesLeft) =>
        Assert.Null(_plan.Next(ReplyClass.Transient, 9, Start, Start.AddMinutes(minutesLeft), null, new Random(1)));

    [Fact]
    public void A_life_of_minutes_has_a_second_attempt_near_its_end()
    {
        var next = _plan.Next(ReplyClass.Greylisted, 1, Start, Start.AddMinutes(4), null, new Random(1));
        Assert.InRange(next!.Value, Start.AddMinutes(3.5), Start.AddMinutes(3.9));
        Assert.Null(_plan.Next(ReplyClass.Greylisted, 2, next.Value, Start.AddMinutes(4), null, new Random(1)));
    }

    [Fact]
    public void Attempts_are_counted_from_one() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _plan.Next(ReplyClass.Transient, 0, Start, Start + Life, null, new Random(1)));

    [Theory]
    [InlineData(99, 1, 94.05)]
    [InlineData(100, 1, 95)]
    [InlineData(101, 1, 96)]
    [InlineData(60, 1, 57)]
    [InlineData(60, 2, 55)]
    public void The_last_attempt_is_due_five_minutes_before_the_end_or_after_most_of_a_shorter_life(double left, int attempts, double due) =>
        Assert.Equal(Start.AddMinutes(due), _plan.Next(ReplyClass.MailboxFull, attempts, Start, Start.AddMinutes(left), null, new Random(1))!.Value, TimeSpan.FromMilliseconds(1));

    private double Wait(ReplyClass @class, int attempts, TimeSpan? hint, double jitter) =>
        (_plan.Next(@class, attempts, Start, Start + Life, hint, new Jitter(jitter))!.Value - Start).TotalMinutes;

    private sealed class Jitter(double value) : Random
    {
        public override double NextDouble() => value;
    }

    private List<DateTimeOffset> Attempts(ReplyClass @class, DateTimeOffset expires, int seed, TimeSpan work, TimeSpan? hint = null)
    {
        var random = new Random(seed);
        List<DateTimeOffset> attempts = [Start];
        while (attempts.Count < 1000 && _plan.Next(@class, attempts.Count, attempts[^1] + work, expires, hint, random) is { } next)
            attempts.Add(next);
        return attempts;
    }
}
