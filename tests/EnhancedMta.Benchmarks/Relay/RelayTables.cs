using System.Globalization;
using System.Text;
using EnhancedMta.Benchmarks.Costs;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>The figures as Markdown, as they stand in docs/performance.md and in the README.</summary>
internal static class RelayTables
{
    private static readonly Lazy<CostData> Prices = new(CostData.Load);

    public static IReadOnlyList<(string Name, Func<SideFigures, string> Value)> Rows { get; } =
    [
        ("delivered, messages/s", s => Text(s.MessagesPerSecond, "N0")),
        ("EnhancedMta delivers, times as many", Ratio),
        ("accepted, messages/s", s => Text(s.AcceptedPerSecond, "N0")),
        ("CPU seconds per 1,000", s => Text(s.CpuSecondsPer1000, "N2")),
        ("Azurite's CPU seconds per 1,000", s => Text(s.StorageCpuSecondsPer1000, "N2")),
        ("peak memory, MB", s => Text(s.PeakMemoryMB, "N0")),
        ("storage operations per message", s => Text(s.StorageOperationsPerMessage, "N3")),
        ($"storage requests, {Prices.Value.Prices.Currency} per million messages", s => Text(s.StorageOperationsPerMessage is { } each ? StorageRequestCost.OfMillion(Prices.Value, each) : null, "N2")),
        ("lost", s => Text(s.Lost, "N0")),
        ("duplicates", s => Text(s.Duplicates, "N0")),
        ("with a DKIM signature", s => string.Create(CultureInfo.InvariantCulture, $"{s.Signed:N0} of {s.Delivered:N0}")),
        ("signature verified", s => string.Create(CultureInfo.InvariantCulture, $"{s.Verified:N0} of {s.Sampled:N0} looked at")),
    ];

    public static string[] PhaseColumns { get; } = ["phase", "times", "seconds", "CPU seconds"];

    /// <summary>Under <see cref="PhaseColumns"/>.</summary>
    public static string[] Cells(PhaseFigures phase) => [phase.Name, Text(phase.TimesPer1000, "N0"), Text(phase.SecondsPer1000, "N2"), Text(phase.CpuSecondsPer1000, "N3")];

    /// <summary>One size, all that was measured.</summary>
    public static string OfSize(Measurement measurement)
    {
        var text = new StringBuilder();
        Line(text, $"{measurement.Date:d MMMM yyyy}, {measurement.Machine}: {measurement.Messages:N0} messages of {measurement.SizeInKB} KB,");
        Line(text, $"{(measurement.Runs == 1 ? "one run." : $"{measurement.Runs} runs in turn; rates are those of each side's median run, and losses those of all.")}");
        Line(text, $"");
        Line(text, $"    {measurement.Command}");
        Line(text, $"");
        Line(text, $"| | {string.Join(" | ", measurement.Sides.Select(side => $"{side.Label}{(side.Version is null ? "" : " " + side.Version)}"))} |");
        Line(text, $"|---|{string.Concat(measurement.Sides.Select(_ => "---:|"))}");
        foreach (var (name, value) in Rows)
            Line(text, $"| {name} | {string.Join(" | ", measurement.Sides.Select(value))} |");
        if (measurement.Sides[0].Phases is { Count: > 0 } phases)
            AddPhases(text, phases);
        if (measurement.Missing.Count > 0)
            Line(text, $"");
        foreach (var missing in measurement.Missing)
            Line(text, $"Without {missing.Label}, which {(missing.Failed ? "failed" : "could not be had")}: {missing.Why.ReplaceLineEndings().Split(Environment.NewLine)[0]}");
        return text.ToString();
    }

    /// <summary>All sizes, for those who only want to know how fast it is.</summary>
    public static string Summary(IReadOnlyList<Measurement> measurements)
    {
        var text = new StringBuilder();
        var sides = measurements.SelectMany(m => m.Sides).Select(side => (side.Name, side.Label)).Distinct().ToList();
        Line(text, $"| delivered, messages/s | {string.Join(" | ", sides.Select(side => side.Label))} |");
        Line(text, $"|---|{string.Concat(sides.Select(_ => "---:|"))}");
        foreach (var measurement in measurements)
        {
            var cells = sides.Select(side => measurement.Sides.SingleOrDefault(s => s.Name == side.Name)).Select(side => side is null ? "" : Text(side.MessagesPerSecond, "N0"));
            Line(text, $"| {measurement.SizeInKB} KB, signed | {string.Join(" | ", cells)} |");
        }
        Line(text, $"");
        foreach (var (date, machine) in measurements.Select(m => (m.Date, m.Machine)).Distinct())
            Line(text, $"{date:d MMMM yyyy}, {machine}.");
        return text.ToString();
    }

    private static void AddPhases(StringBuilder text, IReadOnlyList<PhaseFigures> phases)
    {
        Line(text, $"");
        Line(text, $"Our phases, per 1,000 messages. Seconds are added up over what goes on at once, and most of them are waiting; CPU seconds are told where one thread computes.");
        Line(text, $"");
        Line(text, $"| {string.Join(" | ", PhaseColumns)} |");
        Line(text, $"|---|---:|---:|---:|");
        foreach (var phase in phases)
            Line(text, $"| {string.Join(" | ", Cells(phase))} |");
    }

    private static string Ratio(SideFigures side) => side.Ratio is not { } ratio ? ""
        : side.LowestRatio == side.HighestRatio ? Text(ratio, "0.00")
        : string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} ({side.LowestRatio:0.00}–{side.HighestRatio:0.00})");

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
