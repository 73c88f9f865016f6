using System.Globalization;
using ScottPlot;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary>Pictures of a run, as SVG, both axes logarithmic.</summary>
internal static class GrowthPlots
{
    private const int Width = 960;
    private const int Height = 460;

    // Readable in print and for those who do not see red and green apart (Okabe and Ito).
    private static readonly Color[] Colors = [.. new[] { "#0072B2", "#E69F00", "#D55E00", "#56B4E9", "#009E73", "#CC79A7", "#000000", "#F0E442", "#7F7F7F", "#332288", "#882255" }.Select(hex => Color.FromHex(hex))];

    public static void Write(GrowthResult result, string directory)
    {
        Directory.CreateDirectory(directory);
        Draw(result, "Requests to storage", c => c.Operations, Path.Combine(directory, "growth-operations.svg"));
        Draw(result, "Our own CPU time, ms", c => c.CpuMilliseconds, Path.Combine(directory, "growth-cpu.svg"));
        Draw(result, "Time with Azurite's in it, ms", c => c.Milliseconds, Path.Combine(directory, "growth-time.svg"));
    }

    private static void Draw(GrowthResult result, string title, Func<Cost, double> value, string file)
    {
        using var plot = new Plot();
        var x = result.Points.Select(p => Math.Log10(p.Messages)).ToArray();
        foreach (var (name, i) in result.Points[0].Costs.Keys.Select((name, i) => (name, i)))
        {
            var line = plot.Add.Scatter(x, result.Points.Select(p => Math.Log10(Math.Max(0.001, value(p.Costs[name])))).ToArray());
            line.LegendText = name;
            line.Color = Colors[i % Colors.Length];
            line.LineWidth = 2;
        }

        plot.Axes.Bottom.SetTicks(x, [.. result.Points.Select(p => p.Messages.ToString("N0", CultureInfo.InvariantCulture))]);
        double[] ticks = [-3, -2, -1, 0, 1, 2, 3, 4, 5];
        plot.Axes.Left.SetTicks(ticks, [.. ticks.Select(t => Math.Pow(10, t).ToString("#,0.###", CultureInfo.InvariantCulture))]);
        plot.Title(title);
        plot.XLabel("messages in the log, and batches in the schedule");
        plot.ShowLegend(Edge.Right);
        plot.SaveSvg(file, Width, Height);
    }
}
