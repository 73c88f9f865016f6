using ScottPlot;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary>The course of a run, as SVG: memory on the left axis, numbers on the right one.</summary>
internal static class SoakPlot
{
    private const int Width = 960;
    private const int Height = 420;

    // Readable in print and for those who do not see red and green apart (Okabe and Ito).
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color SkyBlue = Color.FromHex("#56B4E9");
    private static readonly Color Orange = Color.FromHex("#E69F00");
    private static readonly Color Vermilion = Color.FromHex("#D55E00");
    private static readonly Color Green = Color.FromHex("#009E73");

    public static void Write(SoakResult result, string file)
    {
        using var plot = new Plot();
        Line("resident memory, MB", s => s.ResidentMB, Blue, 2, plot.Axes.Left);
        Line("heap after a collection, MB", s => s.HeapMB, SkyBlue, 2, plot.Axes.Left);
        Line("handles", s => s.Handles, Orange, 1, plot.Axes.Right);
        Line("threads", s => s.Threads, Vermilion, 1, plot.Axes.Right);
        Line("SMTP connections", s => s.SmtpConnections, Green, 1, plot.Axes.Right);
        plot.Title(FormattableString.Invariant($"{result.Rate:0} messages a second for {result.LookedAt:0} minutes"));
        plot.XLabel("minutes");
        plot.Axes.Left.Label.Text = "MB";
        plot.Axes.Right.Label.Text = "number";
        plot.Axes.SetLimitsX(0, result.LookedAt);
        plot.Axes.SetLimitsY(0, 1.2 * result.Samples.Max(s => s.ResidentMB), plot.Axes.Left);
        plot.Axes.SetLimitsY(0, 1.2 * result.Samples.Max(s => s.Handles), plot.Axes.Right);
        plot.ShowLegend(Edge.Bottom);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        plot.SaveSvg(file, Width, Height);

        void Line(string label, Func<SoakSample, double> value, Color color, float width, IYAxis axis)
        {
            var line = plot.Add.ScatterLine(result.Samples.Select(s => s.Minute).ToArray(), result.Samples.Select(value).ToArray());
            line.LegendText = label;
            line.Color = color;
            line.LineWidth = width;
            line.Axes.YAxis = axis;
        }
    }
}
