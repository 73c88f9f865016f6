using EnhancedMta.Paths.Leases;

namespace EnhancedMta.Tests.Paths;

public sealed class WaitingLineTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Who_waits_comes_back_as_fast_as_the_path_takes_it()
    {
        var (lines, back) = WaitingLine.Join(new Dictionary<uint, DateTimeOffset>(), 1, false, 150, Second, Noon);
        Assert.Equal([(Noon.AddSeconds(30), 60), (Noon.AddSeconds(90), 60), (Noon.AddSeconds(150), 30)], back);
        (_, back) = WaitingLine.Join(lines, 1, false, 10, Second, Noon);
        Assert.Equal([(Noon.AddSeconds(180), 10)], back);
    }

    [Fact]
    public void Another_party_has_a_line_of_its_own_and_both_move_more_slowly()
    {
        var (lines, _) = WaitingLine.Join(new Dictionary<uint, DateTimeOffset>(), 1, false, 10_000, Second, Noon);
        (lines, var back) = WaitingLine.Join(lines, 2, false, 60, Second, Noon);
        Assert.Equal([(Noon.AddSeconds(30), 30), (Noon.AddSeconds(90), 30)], back);
        Assert.Equal(Noon.AddSeconds(150), lines[2]);
    }

    [Fact]
    public void An_urgent_party_comes_back_first_and_keeps_no_line()
    {
        var (lines, _) = WaitingLine.Join(new Dictionary<uint, DateTimeOffset>(), 1, false, 10_000, Second, Noon);
        (lines, var back) = WaitingLine.Join(lines, 2, true, 60, Second, Noon);
        Assert.Equal([(Noon.AddSeconds(30), 60)], back);
        Assert.DoesNotContain(2u, lines.Keys);
    }

    [Fact]
    public void Nobody_comes_back_at_once()
    {
        var (lines, back) = WaitingLine.Join(new Dictionary<uint, DateTimeOffset> { [1] = Noon.AddSeconds(10), [2] = Noon }, 1, false, 10, Second, Noon);
        Assert.Equal([(Noon.AddSeconds(30), 10)], back);
        // A line that ends now is nobody's to wait for.
        Assert.Equal([1u], lines.Keys);
    }

    [Fact]
    public void A_line_that_ended_is_forgotten()
    {
        var (lines, _) = WaitingLine.Join(new Dictionary<uint, DateTimeOffset>(), 1, false, 10, Second, Noon);
        (lines, var back) = WaitingLine.Join(lines, 2, false, 10, Second, Noon.AddHours(1));
        Assert.Equal([(Noon.AddHours(1).AddSeconds(30), 10)], back);
        Assert.DoesNotContain(1u, lines.Keys);
    }
}
