using System.Globalization;
using System.Text;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>The figures as Markdown, as they stand in docs/adaptive.md.</summary>
internal static class Tables
{
    /// <summary>All ways of one seed, to the message.</summary>
    public static string OfSeed(IReadOnlyList<Trial> trials)
    {
        var text = new StringBuilder();
        Line(text, $"| seed {trials[0].Seed} | | delivered in time | of what the knowing rule delivers | objections | blocked | nine tenths delivered after, h | recovered after, h | moves |");
        Line(text, $"|---|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var trial in trials)
        {
            var title = trial.Scenario.Title;
            foreach (var way in Enum.GetValues<Way>())
            {
                var run = trial.Runs[way];
                Line(text, $"| {title} | {Ways.Label(way)} | {run.DeliveredInTime:N0} of {run.Messages:N0} | {Percent(trial.DeliveredShare(way))} | {run.Objections:N0} | {run.Blocks:N0} | {Hours(run.NineTenths)} | {(trial.Setting.RecoversFrom is null ? "" : Hours(run.Recovery))} | {run.Moves.Count} |");
                title = "";
            }
        }
        return text.ToString();
    }

    /// <summary>What many seeds come to, and the worst of them.</summary>
    public static string OfSeeds(IReadOnlyList<Trial> trials)
    {
        var text = new StringBuilder();
        var seeds = trials.Select(t => t.Seed).Distinct().Order().ToList();
        Line(text, $"| seeds {seeds[0]} to {seeds[^1]} | | delivered, of the knowing rule: mean | worst | objections cut: mean | worst | blocked: mean | recovered after, h: median |");
        Line(text, $"|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var scenario in trials.GroupBy(t => t.Scenario))
        {
            var title = scenario.Key.Title;
            foreach (var way in new[] { Way.TooHigh, Way.OnOff, Way.Adaptive, Way.AdaptiveAboutRight })
            {
                var shares = scenario.Select(t => t.DeliveredShare(way)).ToList();
                var cuts = scenario.Select(t => t.Cut(way)).OfType<double>().ToList();
                Line(text, $"| {title} | {Ways.Label(way)} | {Percent(shares.Average())} | {Percent(shares.Min())} | {Cut(way, cuts, c => c.Average())} | {Cut(way, cuts, c => c.Min())} | {scenario.Average(t => t.Runs[way].Blocks):N0} | {MedianRecovery(scenario, way)} |");
                title = "";
            }
        }
        return text.ToString();
    }

    private static string Cut(Way way, List<double> cuts, Func<List<double>, double> of) => way == Way.TooHigh || cuts.Count == 0 ? "" : Percent(of(cuts));

    private static string Hours(TimeSpan? time) => time?.TotalHours.ToString("F1", CultureInfo.InvariantCulture) ?? "not";

    private static string MedianRecovery(IEnumerable<Trial> trials, Way way)
    {
        var all = trials.Where(t => t.Setting.RecoversFrom is not null).Select(t => t.Runs[way].Recovery?.TotalHours ?? double.PositiveInfinity).Order().ToList();
        return all.Count == 0 ? "" : double.IsInfinity(all[all.Count / 2]) ? "not" : all[all.Count / 2].ToString("F1", CultureInfo.InvariantCulture);
    }

    // Down, not to the nearest: 99.96 % is not all.
    private static string Percent(double share) => (Math.Floor(share * 1000) / 10).ToString("F1", CultureInfo.InvariantCulture) + " %";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
