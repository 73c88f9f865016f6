using ScottPlot;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>Pictures of a trial, as SVG.</summary>
internal static class Plots
{
    private const int Width = 960;
    private const int Height = 420;

    // Readable in print and for those who do not see red and green apart (Okabe and Ito).
    private static readonly Color Blue = Color.FromHex("#0072B2");
    private static readonly Color Orange = Color.FromHex("#E69F00");
    private static readonly Color Vermilion = Color.FromHex("#D55E00");
    private static readonly Color SkyBlue = Color.FromHex("#56B4E9");

    public static void Write(IReadOnlyList<Trial> trials, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var trial in trials)
            Course(trial, Path.Combine(directory, trial.Scenario.Name + ".svg"));
        Objections(trials, Path.Combine(directory, "objections.svg"));
    }

    /// <summary>The hidden limit, what adaptation allows, and what is delivered.</summary>
    private static void Course(Trial trial, string file)
    {
        using var plot = new Plot();
        var adaptive = trial.Runs[Way.Adaptive].Slices;
        var hours = adaptive.Select(s => s.Time.TotalHours).ToArray();
        double most;
        if (trial.Setting.HourlyLimit is null)
        {
            most = 1.1 * trial.Setting.TooHigh.MaxConnections;
            Line(plot, hours, Connections(trial.Runs[Way.OnOff]), "allowed by on/off back-off", Orange, 1, step: true);
            Line(plot, hours, Connections(trial.Runs[Way.Adaptive]), "allowed by adaptation", Blue, 2, step: true);
            Line(plot, hours, [.. adaptive.Select(_ => (double)trial.Setting.ConnectionLimit)], "hidden limit", Colors.Black, 2, LinePattern.Dashed);
            plot.YLabel("connections");
        }
        else
        {
            // The limit that its own behaviour left to it.
            var hidden = adaptive.Select(s => s.Hidden ?? 0).ToArray();
            most = 1.8 * hidden.Max();
            Line(plot, hours, Pace(trial.Runs[Way.TooHigh]), "delivered, fixed too high", Vermilion, 1);
            Line(plot, hours, Pace(trial.Runs[Way.OnOff]), "delivered, on/off back-off", Orange, 1);
            Line(plot, hours, Pace(trial.Runs[Way.Adaptive]), "delivered, adaptive", SkyBlue, 2);
            Line(plot, hours, [.. adaptive.Select(s => s.Limits.MessagesPerHour ?? double.NaN)], "allowed by adaptation", Blue, 2, step: true);
            Line(plot, hours, hidden, "hidden limit (as the adaptive sender met it)", Colors.Black, 2, LinePattern.Dashed);
            plot.YLabel("messages per hour");
        }
        plot.Title(FormattableString.Invariant($"{trial.Scenario.Title} (seed {trial.Seed})"));
        plot.XLabel("hours");
        plot.Axes.SetLimits(0, hours[^1], 0, most);
        plot.ShowLegend(Edge.Bottom);
        plot.SaveSvg(file, Width, Height);
    }

    /// <summary>On a logarithmic scale: they differ by factors of hundreds.</summary>
    private static void Objections(IReadOnlyList<Trial> trials, string file)
    {
        using var plot = new Plot();
        (Way Way, Color Color)[] ways = [(Way.TooHigh, Vermilion), (Way.OnOff, Orange), (Way.Adaptive, Blue), (Way.AdaptiveAboutRight, SkyBlue)];
        for (var w = 0; w < ways.Length; w++)
        {
            var bars = plot.Add.Bars(trials.Select((_, t) => t * 5.0 + w).ToArray(), trials.Select(t => Math.Log10(1 + t.Runs[ways[w].Way].Objections)).ToArray());
            bars.Color = ways[w].Color;
            bars.LegendText = Ways.Label(ways[w].Way);
        }
        plot.Axes.Bottom.SetTicks(trials.Select((_, t) => t * 5.0 + 1.5).ToArray(), trials.Select(t => t.Scenario.Name).ToArray());
        plot.Axes.Left.SetTicks([0, 1, 2, 3, 4, 5, 6], ["0", "10", "100", "1,000", "10,000", "100,000", "1,000,000"]);
        plot.Axes.SetLimits(-1, trials.Count * 5.0, 0, 6);
        plot.Title(FormattableString.Invariant($"Objections of the provider (seed {trials[0].Seed})"));
        plot.ShowLegend(Edge.Bottom);
        plot.SaveSvg(file, Width, Height);
    }

    private static void Line(Plot plot, double[] x, double[] y, string label, Color color, float width, LinePattern? pattern = null, bool step = false)
    {
        var line = plot.Add.ScatterLine(x, y);
        line.LegendText = label;
        line.Color = color;
        line.LineWidth = width;
        line.LinePattern = pattern ?? LinePattern.Solid;
        if (step)
            line.ConnectStyle = ConnectStyle.StepVertical;
    }

    private static double[] Connections(Run run) => [.. run.Slices.Select(s => (double)s.Limits.Connections)];

    /// <summary>Over half an hour: within slices it goes up and down.</summary>
    private static double[] Pace(Run run) => [.. run.Slices.Select((_, i) => run.Slices.Take(i + 1).TakeLast(6).Average(s => (double)s.PerHour))];
}
