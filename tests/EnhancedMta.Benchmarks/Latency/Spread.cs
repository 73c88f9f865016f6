namespace EnhancedMta.Benchmarks.Latency;

/// <summary>How times lie, in milliseconds. A percentile is the smallest time that so many percent do not exceed (nearest rank).</summary>
internal sealed record Spread(double P50, double P90, double P99, double Longest)
{
    public static Spread Of(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Select(t => t.TotalMilliseconds).Order().ToArray();
        return sorted.Length == 0 ? throw new ArgumentException("No times.", nameof(times)) : new Spread(At(50), At(90), At(99), sorted[^1]);

        double At(int percent) => sorted[Math.Max(0, (int)Math.Ceiling(percent / 100.0 * sorted.Length) - 1)];
    }
}
