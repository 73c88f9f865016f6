using CsCheck;
using EnhancedMta.Paths.Leases;

namespace EnhancedMta.Tests.Paths;

/// <summary>Connections beyond what a process needs.</summary>
public sealed class SpareConnectionsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_alone_has_half_of_them_at_hand()
    {
        var (leases, granted) = SpareConnections.Add([Lease("a", 3, 3)], ("a", 1), 3, 200);
        Assert.Equal((100, 100, 3), (granted, Assert.Single(leases).Count, leases[0].Wanted));
        // Who needs more than half has what it needs.
        Assert.Equal(150, SpareConnections.Add([Lease("a", 150, 150)], ("a", 1), 150, 200).Granted);
    }

    [Fact]
    public void Nobody_has_one_to_spare_while_another_lacks_one() =>
        Assert.Equal(3, SpareConnections.Add([Lease("b", 1, 2), Lease("a", 3, 3)], ("a", 1), 3, 200).Granted);

    [Fact]
    public void Of_few_connections_none_is_spare()
    {
        Assert.Equal(1, SpareConnections.Add([Lease("a", 1, 1)], ("a", 1), 1, 8).Granted);
        Assert.Equal(4, SpareConnections.Add([Lease("a", 1, 1)], ("a", 1), 1, 9).Granted);
    }

    [Fact]
    public void Who_has_more_open_than_it_may_gets_no_spare_ones() =>
        Assert.Equal(3, SpareConnections.Add([Lease("a", 10, 3)], ("a", 1), 3, 200).Granted);

    [Fact]
    public void Who_has_no_lease_gets_no_spare_ones() => Assert.Equal(0, SpareConnections.Add([Lease("b", 1, 1)], ("a", 1), 0, 200).Granted);

    /// <summary>Whatever others have: at least half of what was free still is, and nobody else's lease has changed.</summary>
    [Fact]
    public void Half_of_what_is_free_stays_free() =>
        Gen.Select(Gen.Int[0, 60].List[0, 6], Gen.Int[1, 40], Gen.Int[9, 300]).Sample((others, needed, limit) =>
        {
            List<ConnectionLease> leases = [.. others.Select((count, i) => Lease($"p{i}", count, count)), Lease("own", needed, needed)];
            var free = Math.Max(0, limit - leases.Sum(l => l.Count));
            var (after, granted) = SpareConnections.Add(leases, ("own", 1), needed, limit);
            Assert.InRange(granted, needed, Math.Max(needed, limit / 2));
            Assert.InRange(Math.Max(0, limit - after.Sum(l => l.Count)), (free + 1) / 2, free);
            Assert.Equal(leases[..^1], after.Take(others.Count));
            Assert.Equal(leases[^1] with { Count = granted }, after[^1]);
        });

    private static ConnectionLease Lease(string process, int count, int wanted) => new(process, 1, count, wanted, Noon);
}
