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

                (leases, var granted) = Ask(leases, holder, mine.Count, wanted, limit, now);
                open[holder] = (Math.Max(mine.Count, granted), granted, now + (Lifetime * 0.75));
                Assert.InRange(open.Values.Sum(o => o.Count), 0, limit);
            }
        }, iter: 2_000);
    }

    private static (IReadOnlyList<ConnectionLease> Leases, int Granted) Ask(
        IReadOnlyList<ConnectionLease> leases, string process, int open, int wanted, int limit, DateTimeOffset now, params (string Process, DateTimeOffset Until)[] lives) =>
        ConnectionLeases.Ask(leases, (process, 1), open, wanted, limit, now, now + Lifetime, lives.ToDictionary(l => l.Process, l => l.Until));

    [Fact]
    public void Openings_are_counted_by_the_minute()
    {
        var (count, granted) = new OpeningCount().Take(Noon, 10, 7);
        Assert.Equal(7, granted);
        (count, granted) = count.Take(Noon.AddSeconds(59), 10, 7);
        Assert.Equal(3, granted);
        Assert.Equal(7, count.Take(Noon.AddMinutes(1), 10, 7).Granted);
    }
}
