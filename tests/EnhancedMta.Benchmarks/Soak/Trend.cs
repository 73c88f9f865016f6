namespace EnhancedMta.Benchmarks.Soak;

/// <summary>How a quantity moved in each half of a run.</summary>
/// <param name="Name">For people.</param>
/// <param name="First">Its median in the first half.</param>
/// <param name="Last">Its median in the second half.</param>
/// <param name="FirstGrowth">By how much it rose over the first half: the slope times the time.</param>
/// <param name="Growth">By how much it rose over the second half.</param>
/// <param name="Allowed">More than this is growth; null where it is meant to grow.</param>
internal sealed record Trend(string Name, double First, double Last, double FirstGrowth, double Growth, double? Allowed)
{
    /// <summary>What a quantity that is flat may seem to rise by, for its noise.</summary>
    private const double Share = 0.05;

    public bool IsFlat => Allowed is null || Growth <= Allowed;

    /// <param name="name">For people.</param>
    /// <param name="points">In the order of time; at least four.</param>
    /// <param name="noise">In its own unit: what does not matter, however small the quantity; null for one that is meant to grow.</param>
    public static Trend Of(string name, IReadOnlyList<(double Minute, double Value)> points, double? noise)
    {
        var middle = points.Count / 2;
        var (first, second) = (points.Take(middle).ToList(), points.Skip(middle).ToList());
        var level = Median(second.Select(p => p.Value));
        return new Trend(
            name, Median(first.Select(p => p.Value)), level, Slope(first) * Time(first), Slope(second) * Time(second),
            noise is { } least ? Math.Max(least, Share * level) : null);
    }

    /// <summary>The median of the slopes between any two points (Theil and Sen): a spike, or three, do not turn it.</summary>
    public static double Slope(IReadOnlyList<(double Minute, double Value)> points) => points.Count < 2 ? 0 : Median(
        points.SelectMany((a, i) => points.Skip(i + 1).Where(b => b.Minute > a.Minute).Select(b => (b.Value - a.Value) / (b.Minute - a.Minute))));

    private static double Time(List<(double Minute, double Value)> points) => points.Count < 2 ? 0 : points[^1].Minute - points[0].Minute;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
