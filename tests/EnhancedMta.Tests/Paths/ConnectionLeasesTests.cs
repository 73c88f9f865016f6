using CsCheck;
using EnhancedMta.Paths.Leases;

namespace EnhancedMta.Tests.Paths;

/// <summary>Connections of a path, shared by processes.</summary>
public sealed class ConnectionLeasesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    [Fact]
    public void One_process_may_have_them_all()
    {
        var (leases, granted) = Ask([], "a", 0, 50, 20, Noon);
        Assert.Equal(20, granted);
        Assert.Equal(0, Ask(leases, "b", 0, 5, 20, Noon).Granted);
    }

    [Fact]
    public void Who_has_more_than_an_equal_share_gives_way_to_who_has_less()
    {
        var (leases, _) = Ask([], "a", 0, 20, 20, Noon);
        (leases, _) = Ask(leases, "b", 0, 20, 20, Noon);
        // They count until they are closed.
        (leases, var granted) = Ask(leases, "a", 20, 20, 20, Noon);
        Assert.Equal(10, granted);
        Assert.Equal(0, Ask(leases, "b", 0, 20, 20, Noon).Granted);
        (leases, _) = Ask(leases, "a", 10, 20, 20, Noon);
        Assert.Equal(10, Ask(leases, "b", 0, 20, 20, Noon).Granted);
    }

    [Fact]
    public void A_lease_holds_as_long_as_its_process_lives()
    {
        var (leases, _) = Ask([], "a", 0, 5, 5, Noon);
        var later = Noon.AddHours(1);
        Assert.Equal(0, Ask(leases, "b", 0, 5, 5, later, ("a", later.AddSeconds(1))).Granted);
        Assert.Equal(5, Ask(leases, "b", 0, 5, 5, later, ("a", later)).Granted);
    }

    [Fact]
    public void A_dead_process_holds_nothing_for_long()
    {
        var (leases, _) = Ask([], "dead", 0, 5, 5, Noon);
        Assert.Equal(0, Ask(leases, "b", 0, 5, 5, Noon + Lifetime / 2).Granted);
        Assert.Equal(5, Ask(leases, "b", 0, 5, 5, Noon + Lifetime).Granted);
    }

    [Fact]
    public void Giving_up_leaves_no_trace()
    {
        var (leases, _) = Ask([], "a", 0, 5, 5, Noon);
        Assert.Empty(Ask(leases, "a", 0, 0, 5, Noon).Leases);
    }

    /// <summary>Processes that ask, open what they may, close and die in any order.</summary>
    [Fact]
    public void There_are_never_more_connections_than_the_limit()
    {
        var step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30], Gen.Int[0, 40], Gen.Int[0, 3]);
        Gen.Select(step.List[1, 200], Gen.Int[1, 25]).Sample((steps, limit) =>
        {
            IReadOnlyList<ConnectionLease> leases = [];
            var open = new Dictionary<string, (int Count, int Leave, DateTimeOffset Until)>();
            var now = Noon;
            foreach (var (who, wanted, seconds, act) in steps)
            {
                now = now.AddSeconds(seconds);
                // A process that does not renew closes its connections before the lease ends.
                foreach (var (name, process) in open.Where(o => now >= o.Value.Until).ToList())
                    open.Remove(name);
                var holder = $"p{who}";
                var mine = open.GetValueOrDefault(holder);
                if (act == 0)
                {
                    // It closes some, and has not said so yet.
                    open[holder] = mine with { Count = Math.Min(mine.Count, wanted) };
                    continue;
                }

                (leases, var granted) = ConnectionLeases.Ask(leases, (holder, 1), mine.Count, wanted, limit, now, now + Lifetime, new Dictionary<string, DateTimeOffset>(), gives: (Giving)(act - 1), isUrgent: wanted % 3 == 0);
                open[holder] = (Math.Max(mine.Count, granted), granted, now + (Lifetime * 0.75));
                Assert.InRange(open.Values.Sum(o => o.Count), 0, limit);
            }
        }, iter: 2_000);
    }

    private static (IReadOnlyList<ConnectionLease> Leases, int Granted) Ask(
        IReadOnlyList<ConnectionLease> leases, string process, int open, int wanted, int limit, DateTimeOffset now, params (string Process, DateTimeOffset Until)[] lives) =>
        ConnectionLeases.Ask(leases, (process, 1), open, wanted, limit, now, now + Lifetime, lives.ToDictionary(l => l.Process, l => l.Until));

    private static (IReadOnlyList<ConnectionLease> Leases, int Granted) Give(
        IReadOnlyList<ConnectionLease> leases, string process, int open, int wanted, int limit, Giving gives = Giving.ToAll) =>
        ConnectionLeases.Ask(leases, (process, 1), open, wanted, limit, Noon, Noon + Lifetime, new Dictionary<string, DateTimeOffset>(), gives);

    private static (IReadOnlyList<ConnectionLease> Leases, int Granted) Urgent(IReadOnlyList<ConnectionLease> leases, string process, int open, int wanted, int limit) =>
        ConnectionLeases.Ask(leases, (process, 1), open, wanted, limit, Noon, Noon + Lifetime, new Dictionary<string, DateTimeOffset>(), isUrgent: true);

    [Fact]
    public void Who_had_its_turn_gives_its_connection_to_who_waits()
    {
        var (leases, _) = Ask([], "a", 0, 9, 1, Noon);
        // Nobody waits.
        Assert.Equal(1, Give(leases, "a", 1, 9, 1).Granted);
        (leases, var granted) = Ask(leases, "b", 0, 9, 1, Noon);
        Assert.Equal(0, granted);
        Assert.Equal(1, Ask(leases, "a", 1, 9, 1, Noon).Granted);
        (leases, granted) = Give(leases, "a", 1, 9, 1);
        Assert.Equal(0, granted);
        // It is open still.
        Assert.Equal(0, Ask(leases, "b", 0, 9, 1, Noon).Granted);
        (leases, granted) = Ask(leases, "a", 0, 9, 1, Noon);
        Assert.Equal(0, granted);
        Assert.Equal(1, Ask(leases, "b", 0, 9, 1, Noon).Granted);
    }

    [Fact]
    public void No_more_give_than_wait()
    {
        var leases = new[] { "a", "b", "c", "d" }.Aggregate((IReadOnlyList<ConnectionLease>)[], (all, who) => Ask(all, who, 0, 1, 3, Noon).Leases);
        Assert.True(leases[^1].IsWaiting);
        (leases, var granted) = Give(leases, "a", 1, 1, 3);
        Assert.Equal(0, granted);
        (leases, granted) = Give(leases, "b", 1, 1, 3);
        Assert.Equal(1, granted);
        // As long as nobody has taken it, it is free for the one that waits.
        (leases, _) = Ask(leases, "a", 0, 0, 3, Noon);
        Assert.Equal(1, Give(leases, "c", 1, 1, 3).Granted);
        Assert.Equal(1, Ask(leases, "d", 0, 1, 3, Noon).Granted);
    }

    [Fact]
    public void Those_that_wait_are_served_in_their_order()
    {
        var leases = new[] { "a", "b", "c" }.Aggregate((IReadOnlyList<ConnectionLease>)[], (all, who) => Ask(all, who, 0, 5, 1, Noon).Leases);
        // To ask again in vain costs nobody its place.
        (leases, _) = Ask(leases, "b", 0, 5, 1, Noon);
        (leases, _) = Give(leases, "a", 1, 5, 1);
        (leases, _) = Ask(leases, "a", 0, 5, 1, Noon);
        Assert.Equal(["b", "c", "a"], leases.Select(l => l.Process));
        Assert.Equal(0, Ask(leases, "c", 0, 5, 1, Noon).Granted);
        Assert.Equal(0, Ask(leases, "new", 0, 5, 1, Noon).Granted);
        Assert.Equal(1, Ask(leases, "b", 0, 5, 1, Noon).Granted);
        // A dead one holds up nobody.
        IReadOnlyList<ConnectionLease> later = [leases[0], leases[1] with { Until = Noon + (Lifetime * 2) }, leases[2]];
        Assert.Equal(1, Ask(later, "c", 0, 5, 1, Noon + Lifetime).Granted);
    }

    [Fact]
    public void Transactional_mail_gets_the_connection_of_who_needs_it_and_before_others_in_the_line()
    {
        var (leases, _) = Ask([], "a", 0, 9, 1, Noon);
        (leases, _) = Ask(leases, "b", 0, 9, 1, Noon);
        (leases, _) = Urgent(leases, "c", 0, 9, 1);
        (leases, _) = Urgent(leases, "d", 0, 9, 1);
        Assert.Equal([("a", false), ("c", true), ("d", true), ("b", false)], leases.Select(l => (l.Process, l.IsUrgent)));
        // In mid-turn; and not when its own waits.
        Assert.Equal(1, Urgent(leases, "a", 1, 9, 1).Granted);
        (leases, var granted) = Give(leases, "a", 1, 9, 1, Giving.ToUrgent);
        Assert.Equal((0, 1), (granted, leases.Single(l => l.Process == "a").Closing));
        (leases, _) = Ask(leases, "a", 0, 9, 1, Noon);
        Assert.Equal((0, 0), (Ask(leases, "b", 0, 9, 1, Noon).Granted, Urgent(leases, "d", 0, 9, 1).Granted));
        (leases, granted) = Urgent(leases, "c", 0, 9, 1);
        Assert.Equal(1, granted);
        // What has its connection waits no more; it takes it from nobody, and gives it to the next.
        Assert.DoesNotContain(leases, l => l is { Process: "c", IsUrgent: true });
        Assert.Equal(0, Give(leases, "c", 1, 9, 1, Giving.ToUrgent).Granted);
        // The line goes on without urgency as it is.
        Assert.Equal(["d", "b", "a", "c"], Ask(leases, "d", 0, 9, 1, Noon).Leases.Select(l => l.Process));
    }

    [Fact]
    public void One_connection_is_given_for_each_process_whose_transactional_mail_waits()
    {
        var leases = new[] { "a", "b", "c" }.Aggregate((IReadOnlyList<ConnectionLease>)[], (all, who) => Ask(all, who, 0, 1, 3, Noon).Leases);
        (leases, _) = Urgent(leases, "d", 0, 9, 3);
        (leases, var granted) = Give(leases, "b", 1, 1, 3, Giving.ToUrgent);
        Assert.Equal(0, granted);
        Assert.Equal(1, Give(leases, "a", 1, 1, 3, Giving.ToUrgent).Granted);
        Assert.Equal(1, Give(leases, "c", 1, 1, 3, Giving.ToAll).Granted);
    }

    [Fact]
    public void Openings_are_counted_by_the_minute()
    {
        var (count, granted) = new OpeningCount().Take(Noon, 10, 7);
        Assert.Equal(7, granted);
        (count, granted) = count.Take(Noon.AddSeconds(59), 10, 7);
        Assert.Equal(3, granted);
        Assert.Equal(7, count.Take(Noon.AddMinutes(1), 10, 7).Granted);
        Assert.Equal((OpeningCount.MinuteOf(Noon), 10), (count.Minute, count.Count));
        // A limit that was lowered since leaves none, and takes none back.
        Assert.Equal((0, 10), count.Take(Noon, 5, 7) is var (after, less) ? (less, after.Count) : default);
    }

    [Fact]
    public void Five_seconds_before_its_end_a_minute_is_over()
    {
        var (count, _) = new OpeningCount().Take(Noon.AddSeconds(20), 10, 1);
        Assert.Equal(Noon.AddSeconds(55), count.End);
    }

    [Fact]
    public void A_lease_tells_what_is_open_and_what_is_wanted()
    {
        var (leases, granted) = Ask([], "a", 8, 3, 5, Noon);
        Assert.Equal(3, granted);
        // Eight are open, whatever is wanted now.
        Assert.Equal(new ConnectionLease("a", 1, 8, 3, Noon + Lifetime) { Closing = 5, Since = Noon }, Assert.Single(leases));
        (leases, granted) = Ask(leases, "b", 0, 4, 5, Noon);
        Assert.Equal(0, granted);
        Assert.Equal(new ConnectionLease("b", 1, 0, 4, Noon + Lifetime) { Since = Noon }, leases[^1]);
        // Who wants none any more has what is open until it is closed.
        Assert.Equal((0, 2), Ask([], "a", 2, 0, 5, Noon) is var (kept, none) ? (none, Assert.Single(kept).Count) : default);
    }

    [Fact]
    public void Who_wants_little_holds_nobody_to_an_equal_share()
    {
        var (leases, _) = Ask([], "a", 0, 2, 20, Noon);
        (leases, var granted) = Ask(leases, "b", 0, 50, 20, Noon);
        Assert.Equal(18, granted);
        // A process may hold the path twice for a moment: each is a holder of its own.
        Assert.Equal(0, ConnectionLeases.Ask(leases, ("b", 2), 0, 5, 20, Noon, Noon + Lifetime, new Dictionary<string, DateTimeOffset>()).Granted);
        Assert.Equal(18, Ask(leases, "b", 18, 50, 20, Noon).Granted);
    }

    [Fact]
    public void Each_of_many_processes_may_have_one()
    {
        IReadOnlyList<ConnectionLease> leases = [new("a", 1, 2, 2, Noon + Lifetime), new("b", 1, 0, 2, Noon + Lifetime), new("c", 1, 0, 2, Noon + Lifetime)];
        // Two for four of them: one has both, and keeps one.
        Assert.Equal(1, Ask(leases, "a", 2, 2, 2, Noon).Granted);
        Assert.Equal(0, Ask(leases, "d", 0, 2, 2, Noon).Granted);
    }

    [Fact]
    public void A_place_that_is_free_serves_the_first_of_those_that_wait_and_costs_nobody_its_connection()
    {
        IReadOnlyList<ConnectionLease> free = [Lease("a", 1), Lease("u", 0) with { IsUrgent = true }, Lease("b", 0)];
        Assert.Equal(1, Give(free, "a", 1, 1, 2, Giving.ToUrgent).Granted);
        Assert.Equal(0, Give(free, "a", 1, 1, 1, Giving.ToUrgent).Granted);
    }

    [Fact]
    public void What_it_was_told_to_close_and_has_not_closed_yet_it_does_not_keep()
    {
        IReadOnlyList<ConnectionLease> leases = [Lease("a", 2) with { Closing = 1 }, Lease("x", 4) with { Closing = 1 }, Lease("b", 0)];
        Assert.Equal(1, Ask(leases, "a", 2, 2, 6, Noon).Granted);
    }

    [Fact]
    public void Since_when_it_has_connections_or_waits_stays_as_long_as_that()
    {
        var (leases, _) = Ask([], "a", 0, 1, 1, Noon);
        (leases, _) = Ask(leases, "b", 0, 1, 1, Noon.AddSeconds(1));
        (leases, _) = Ask(leases, "a", 1, 1, 1, Noon.AddSeconds(10));
        (leases, _) = Ask(leases, "b", 0, 1, 1, Noon.AddSeconds(11));
        Assert.Equal([("b", 1), ("a", 0)], leases.Select(l => (l.Process, (int)(l.Since - Noon).TotalSeconds)).OrderByDescending(l => l.Item2));
        (leases, _) = Ask(leases, "a", 0, 0, 1, Noon.AddSeconds(20));
        Assert.Equal(Noon.AddSeconds(21), Assert.Single(Ask(leases, "b", 0, 1, 1, Noon.AddSeconds(21)).Leases).Since);
    }

    private static ConnectionLease Lease(string process, int count) => new(process, 1, count, Math.Max(1, count), Noon + Lifetime);
}
