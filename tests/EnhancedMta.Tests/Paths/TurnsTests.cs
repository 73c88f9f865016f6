using EnhancedMta.Paths.Leases;

namespace EnhancedMta.Tests.Paths;

/// <summary>When those that wait for a connection get one.</summary>
public sealed class TurnsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1.0, 50)]
    [InlineData(2.0, 100)]
    [InlineData(0.1, 20)]
    [InlineData(10.0, 120)]
    [InlineData(null, 20)]
    public void A_turn_is_fifty_messages_long_within_bounds(double? secondsPerMessage, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Turns.Length(secondsPerMessage));

    [Fact]
    public void Those_that_wait_have_one_turn_after_the_other() =>
        Assert.Equal([("b", 45), ("c", 105), ("d", 165)], Of(1, Has("a", since: -15), Waits("b"), Waits("c"), Waits("d")));

    [Fact]
    public void Who_had_its_connection_longest_gives_it_first() =>
        Assert.Equal([("c", 10), ("d", 40), ("e", 70)], Of(5, Has("a", since: -20, count: 3), Has("b", since: -50, count: 2), Waits("c"), Waits("d"), Waits("e")));

    [Fact]
    public void Nobodys_turn_is_in_the_past() =>
        Assert.Equal([("b", 0), ("c", 60)], Of(1, Has("a", since: -600), Waits("b"), Waits("c")));

    [Fact]
    public void What_is_free_or_about_to_be_serves_the_first_at_once() =>
        Assert.Equal([("b", 0), ("c", 0), ("d", 0), ("e", 50)], Of(5, Has("a", since: -10, count: 4, closing: 2), Waits("b"), Waits("c"), Waits("d"), Waits("e")));

    [Fact]
    public void What_several_are_about_to_close_serves_one_each() =>
        Assert.Equal([("b", 0), ("c", 0), ("d", 50)], Of(3, Has("a", since: -10, count: 2, closing: 1), Has("x", since: 0, closing: 1), Waits("b"), Waits("c"), Waits("d")));

    [Fact]
    public void Who_closes_all_that_it_has_gives_nothing_a_turn_later() =>
        Assert.Equal([("b", 0), ("c", 60)], Of(1, Has("a", since: -10, closing: 1), Waits("b"), Waits("c")));

    [Fact]
    public void Of_connections_beyond_a_limit_that_was_lowered_none_is_free() =>
        Assert.Equal([("b", 0), ("c", 50)], Of(2, Has("a", since: -10, count: 9, closing: 1), Waits("b"), Waits("c")));

    [Fact]
    public void Transactional_mail_waits_no_longer_than_until_somebody_looks() =>
        Assert.Equal([("b", 5), ("c", 5), ("d", 65)], Of(2, Has("a", since: 0), Has("x", since: -10), Waits("b", urgent: true), Waits("c", urgent: true), Waits("d")));

    [Fact]
    public void Transactional_mail_takes_what_is_free_sooner() =>
        Assert.Equal([("b", 2), ("c", 5)], Of(2, Has("a", since: -58), Has("x", since: -55), Waits("b", urgent: true), Waits("c", urgent: true)));

    [Fact]
    public void Where_nobody_has_a_connection_to_give_nobody_has_a_turn() =>
        Assert.Empty(Of(0, Waits("a"), Waits("b", urgent: true)));

    private static IEnumerable<(string Process, int Seconds)> Of(int limit, params ConnectionLease[] leases) =>
        Turns.Of(leases, limit, Turn, Noon).Select(t => (t.Lease.Process, (int)(t.Turn - Noon).TotalSeconds));

    private static ConnectionLease Has(string process, int since, int count = 1, int closing = 0) =>
        new(process, 1, count, count, Noon + Turn) { Since = Noon.AddSeconds(since), Closing = closing };

    private static ConnectionLease Waits(string process, bool urgent = false) => new(process, 1, 0, 1, Noon + Turn) { Since = Noon.AddSeconds(-5), IsUrgent = urgent };
}
