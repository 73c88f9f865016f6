using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>What a run of the benchmark came to, as it is kept in <c>docs/performance/relay.json</c>.</summary>
/// <param name="Date">When it ended, UTC.</param>
/// <param name="Machine">On what.</param>
/// <param name="Command">That repeats it.</param>
/// <param name="Messages">Of each run.</param>
/// <param name="SizeInKB">Of a message.</param>
/// <param name="Runs">How often each did the work.</param>
/// <param name="Sides">We first.</param>
/// <param name="Missing">Peers that were asked for and have no figures.</param>
internal sealed record Measurement(
    DateOnly Date, Machine Machine, string Command, int Messages, int SizeInKB, int Runs, IReadOnlyList<SideFigures> Sides, IReadOnlyList<MissingPeer> Missing);

/// <param name="Name">As on the command line.</param>
/// <param name="Label">For people.</param>
/// <param name="Why">It was not there, or it failed.</param>
/// <param name="Failed">It was there, and did not do the work.</param>
internal sealed record MissingPeer(string Name, string Label, string Why, bool Failed);

/// <summary>One side over all runs: rates are those of its median run, losses those of all.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Label">For people.</param>
/// <param name="Version">Null for ours.</param>
/// <param name="MessagesPerSecond">Relayed and settled.</param>
/// <param name="AcceptedPerSecond">Taken from the caller.</param>
/// <param name="Ratio">How many times as many we deliver in the same run; the median. Null for ours.</param>
/// <param name="LowestRatio">Of any run.</param>
/// <param name="HighestRatio">Of any run.</param>
/// <param name="CpuSecondsPer1000">Of its own processes.</param>
/// <param name="StorageCpuSecondsPer1000">Of the storage emulator; null without.</param>
/// <param name="PeakMemoryMB">Null when it is many short-lived processes.</param>
/// <param name="StorageOperationsPerMessage">Null without storage account.</param>
/// <param name="Lost">Of all runs.</param>
/// <param name="Duplicates">Of all runs.</param>
/// <param name="Delivered">Messages that the sinks got, warm-up included.</param>
/// <param name="Signed">Of those, with a DKIM signature.</param>
/// <param name="Sampled">Of those, looked at more closely.</param>
/// <param name="Verified">Of the sample, with a good signature.</param>
internal sealed record SideFigures(
    string Name, string Label, string? Version, double MessagesPerSecond, double AcceptedPerSecond, double? Ratio, double? LowestRatio, double? HighestRatio,
    double CpuSecondsPer1000, double? StorageCpuSecondsPer1000, double? PeakMemoryMB, double? StorageOperationsPerMessage, int Lost, int Duplicates, int Delivered, int Signed,
    int Sampled, int Verified)
{
    /// <summary>Of the median run; ours only.</summary>
    public IReadOnlyList<PhaseFigures>? Phases { get; init; }

    /// <summary>Nothing is missing, nothing came twice, and all is signed.</summary>
    public bool IsGood() => Lost == 0 && Duplicates == 0 && Signed == Delivered && Verified == Sampled;

    /// <param name="name">As on the command line.</param>
    /// <param name="version">Null for ours.</param>
    /// <param name="runs">In their order.</param>
    /// <param name="ours">Ours in the same runs; null when these are ours.</param>
    public static SideFigures Of(string name, string? version, IReadOnlyList<SideResult> runs, IReadOnlyList<SideResult>? ours)
    {
        var median = Median(runs, run => run.MessagesPerSecond);
        List<double> ratios = ours is null ? [] : [.. runs.Zip(ours, (theirs, own) => own.MessagesPerSecond / theirs.MessagesPerSecond)];
        return new(
            name, median.Name, version, Math.Round(median.MessagesPerSecond, 1), Math.Round(median.AcceptedPerSecond, 1),
            ratios.Count == 0 ? null : Math.Round(Median(ratios, ratio => ratio), 3),
            ratios.Count == 0 ? null : Math.Round(ratios.Min(), 3),
            ratios.Count == 0 ? null : Math.Round(ratios.Max(), 3),
            Math.Round(median.CpuSecondsPer1000, 3), Rounded(median.StorageCpuSecondsPer1000, 3), Rounded(runs.Max(run => run.PeakMemoryMB), 1), Rounded(median.StorageOperationsPerMessage, 4),
            runs.Sum(run => run.Lost), runs.Sum(run => run.Duplicates), runs.Sum(run => run.Dump.Total), runs.Sum(run => run.Dump.Signed),
            runs.Sum(run => run.Dump.Sampled), runs.Sum(run => run.Dump.Verified))
        { Phases = median.Phases };
    }

    // Of an even number the lower one: a figure that was measured, not one between two.
    private static T Median<T>(IReadOnlyList<T> all, Func<T, double> by) => all.OrderBy(by).ElementAt((all.Count - 1) / 2);

    private static double? Rounded(double? value, int digits) => value is { } v ? Math.Round(v, digits) : null;
}
