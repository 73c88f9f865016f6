namespace EnhancedMta.Benchmarks.Growth;

/// <summary>What one thing took.</summary>
/// <param name="Operations">Requests to storage: the fewest of several times, as something else may have asked meanwhile.</param>
/// <param name="Rows">Written to tables and read from them, the fewest likewise.</param>
/// <param name="Milliseconds">The median; with a storage emulator's own time in it.</param>
/// <param name="CpuMilliseconds">Of this process, the least.</param>
internal readonly record struct Cost(double Operations, double Rows, double Milliseconds, double CpuMilliseconds)
{
    public Cost Each(int count) => new(Operations / count, Rows / count, Milliseconds / count, CpuMilliseconds / count);
}

/// <summary>At one size.</summary>
/// <param name="Messages">In the log; as many batches wait in the schedule.</param>
/// <param name="FillSeconds">That writing what came since the size before took.</param>
/// <param name="Costs">By what was done.</param>
/// <param name="HeapMB">Of this process after a collection: host, sink and caller.</param>
/// <param name="AzuriteMB">The most memory of the emulator, which keeps all rows in it.</param>
internal sealed record GrowthPoint(int Messages, double FillSeconds, IReadOnlyDictionary<string, Cost> Costs, double HeapMB, double AzuriteMB);

internal sealed record GrowthResult(IReadOnlyList<GrowthPoint> Points)
{
    /// <summary>A request more now and then is none that grows: ten times as many messages would be ten times as many.</summary>
    private const double Tolerance = 1.5;
    private const double Spare = 5;

    /// <summary>What asked more of storage at the largest size than at the smallest.</summary>
    public IReadOnlyList<string> Grown =>
        [.. Points[0].Costs.Where(c => Grows(c.Value, Points[^1].Costs[c.Key])).Select(c => c.Key)];

    private static bool Grows(Cost first, Cost last) =>
        last.Operations > first.Operations * Tolerance + Spare || last.Rows > first.Rows * Tolerance + Spare;
}
