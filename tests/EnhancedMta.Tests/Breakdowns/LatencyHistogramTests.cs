using CsCheck;
using EnhancedMta.Breakdowns;

namespace EnhancedMta.Tests.Breakdowns;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_right_within_the_error_that_is_promised()
    {
        // From milliseconds to the end of the validity period, evenly by magnitude.
        Gen.Double[1, Math.Log(84 * 3_600_000.0)].Select(power => (long)Math.Exp(power)).List[1, 500].Sample(latencies =>
        {
            var histogram = new LatencyHistogram();
            latencies.ForEach(ms => histogram.Add(ms));
            histogram = LatencyHistogram.Parse(histogram.ToBytes());
            var sorted = latencies.Order().ToList();
            foreach (var share in new[] { 0.5, 0.95, 0.99, 1 })
            {
                var exact = Math.Max(sorted[(int)Math.Ceiling(share * sorted.Count) - 1], LatencyHistogram.Shortest.TotalMilliseconds);
                var told = histogram.Percentile(share)!.Value.TotalMilliseconds;
                Assert.InRange(told, exact * (1 - LatencyHistogram.RelativeError) - 0.001, exact * (1 + LatencyHistogram.RelativeError) + 0.001);
            }
        });
    }

    [Fact]
    public void What_is_taken_back_was_never_there()
    {
        var (once, twice) = (new LatencyHistogram(), new LatencyHistogram());
        for (var ms = 1; ms < 100_000; ms = ms * 3 / 2 + 1)
        {
            once.Add(ms);
            twice.Add(ms);
            twice.Add(7 * ms, 3);
        }

        for (var ms = 1; ms < 100_000; ms = ms * 3 / 2 + 1)
            twice.Add(7 * ms, -3);
        Assert.Equal(once.Buckets, twice.Buckets);
        Assert.Null(new LatencyHistogram().Percentile(0.5));
    }

    [Fact]
    public void Half_a_million_latencies_take_a_kilobyte()
    {
        var random = new Random(1);
        var histogram = new LatencyHistogram();
        for (var n = 0; n < 500_000; n++)
            histogram.Add((long)Math.Exp(random.NextDouble() * Math.Log(84 * 3_600_000.0)));
        Assert.InRange(histogram.ToBytes().Length, 1, 1_500);
    }
}
