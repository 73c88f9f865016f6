using EnhancedMta.Benchmarks.Soak;

namespace EnhancedMta.Tests.Soak;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TrendTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(0.02, true)]
    // 6 MB an hour of 60: a leak.
    [InlineData(0.2, false)]
    [InlineData(-1, true)]
    public void A_steady_rise_is_seen_through_the_noise(double perMinute, bool isFlat)
    {
        var random = new Random(3);
        var points = Enumerable.Range(1, 60).Select(minute => ((double)minute, 60 + (perMinute * minute) + random.NextDouble() - 0.5)).ToList();
        Assert.Equal(isFlat, Trend.Of("heap", points, noise: 3).IsFlat);
    }

    [Fact]
    public void A_rise_in_the_first_half_alone_is_warming_up()
    {
        var points = Enumerable.Range(1, 60).Select(minute => ((double)minute, Math.Min(minute, 25) * 4.0)).ToList();
        var trend = Trend.Of("memory", points, noise: 1);
        Assert.True(trend.IsFlat);
        Assert.InRange(trend.FirstGrowth, 80, 120);
        Assert.Equal(0, trend.Growth);
    }

    [Fact]
    public void Spikes_turn_nothing()
    {
        var points = Enumerable.Range(1, 60).Select(minute => ((double)minute, minute > 54 && minute % 2 == 0 ? 500.0 : 50)).ToList();
        Assert.True(Trend.Of("handles", points, noise: 3).IsFlat);
    }

    [Fact]
    public void What_is_meant_to_grow_is_told_and_not_judged()
    {
        var trend = Trend.Of("log", [.. Enumerable.Range(1, 10).Select(minute => ((double)minute, minute * 100.0))], noise: null);
        Assert.True(trend.IsFlat);
        Assert.Equal(400, trend.Growth, 1e-6);
    }
}
