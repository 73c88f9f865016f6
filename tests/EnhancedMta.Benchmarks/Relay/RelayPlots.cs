using ScottPlot;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>Bars by size and mail server, as SVG.</summary>
internal static class RelayPlots
{
    private const int Width = 960;
    private const int Height = 420;
    private const double BarWidth = 0.8;

    // Readable in print and for those who do not see red and green apart (Okabe and Ito). We come first.
    private static readonly Color[] Colors = [.. new[] { "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00" }.Select(Color.FromHex)];
    private static readonly Color Storage = Color.FromHex("#56B4E9");

    public static void Write(IReadOnlyList<Measurement> measurements, string directory)
    {
        Draw(measurements, "Delivered, messages a second", side => side.MessagesPerSecond, _ => 0, Path.Combine(directory, "messages-per-second.svg"));
        Draw(measurements, "CPU seconds per 1,000 messages", side => side.CpuSecondsPer1000, side => side.StorageCpuSecondsPer1000 ?? 0, Path.Combine(directory, "cpu-seconds.svg"));
    }

    /// <param name="measurements">A group of bars for each.</param>
    /// <param name="title">Says the unit.</param>
    /// <param name="value">Height of a side's bar.</param>
    /// <param name="more">What stands on top of it: the storage emulator's share.</param>
    /// <param name="file">To write.</param>
    private static void Draw(IReadOnlyList<Measurement> measurements, string title, Func<SideFigures, double> value, Func<SideFigures, double> more, string file)
    {
        using var plot = new Plot();
        var names = measurements.SelectMany(m => m.Sides).Select(side => (side.Name, side.Label)).Distinct().ToList();
        var group = names.Count + 1.0;
        for (var n = 0; n < names.Count; n++)
        {
            var bars = Bars(n, value, _ => 0, Colors[n % Colors.Length]);
            plot.Add.Bars(bars).LegendText = names[n].Label;
            var above = Bars(n, more, value, Storage);
            if (above.Exists(bar => bar.Value > bar.ValueBase))
                plot.Add.Bars(above).LegendText = "Azurite, for " + names[n].Label;
        }
        plot.Axes.Bottom.SetTicks([.. measurements.Select((_, m) => m * group + (names.Count - 1) / 2.0)], [.. measurements.Select(m => FormattableString.Invariant($"{m.SizeInKB} KB"))]);
        plot.Axes.SetLimits(-1, measurements.Count * group - 1, 0, 1.1 * measurements.Max(m => m.Sides.Max(side => value(side) + more(side))));
        plot.Title(title);
        plot.ShowLegend(Edge.Bottom);
        plot.SaveSvg(file, Width, Height);

        List<Bar> Bars(int n, Func<SideFigures, double> height, Func<SideFigures, double> from, Color color) =>
        [
            .. measurements.Select((m, at) => (Side: m.Sides.SingleOrDefault(side => side.Name == names[n].Name), At: at)).Where(m => m.Side is not null).Select(m => new Bar
            {
                Position = m.At * group + n,
                ValueBase = from(m.Side!),
                Value = from(m.Side!) + height(m.Side!),
                FillColor = color,
                LineWidth = 0,
                Size = BarWidth,
            }),
        ];
    }
}
