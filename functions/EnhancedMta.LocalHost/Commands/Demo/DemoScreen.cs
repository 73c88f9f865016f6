using System.Globalization;
using EnhancedMta.LocalHost.SmartSink;
using Spectre.Console;

namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>
/// Where the demo speaks: a live display on a terminal; plain lines to standard error when output is redirected or JSON is asked for.
/// </summary>
internal sealed class DemoScreen
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    private readonly bool _isLive;
    private LiveDisplayContext? _live;
    private TimeSpan _lastLine = TimeSpan.MinValue;

    public DemoScreen(bool json)
    {
        _isLive = !json && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        Report = _isLive ? AnsiConsole.Console : Plain(json || !Console.IsOutputRedirected ? Console.Error : Console.Out);
    }

    /// <summary>For what is said at the end.</summary>
    public IAnsiConsole Report { get; }

    public void Say(string line)
    {
        if (_isLive) AnsiConsole.WriteLine(line);
        else Console.Error.WriteLine(line);
    }

    /// <summary>Runs the work while <see cref="Show"/> shows how it goes.</summary>
    public async Task WatchAsync(Func<Task> work)
    {
        if (!_isLive)
        {
            await work();
            return;
        }
        await AnsiConsole.Live(new Text("")).StartAsync(async live =>
        {
            _live = live;
            await work();
        });
    }

    public void Show(DemoProgress progress, SinkLedger sink)
    {
        if (_live is not null)
        {
            _live.UpdateTarget(new Rows(Bars(progress), Figures(progress), ProviderTable.Of(sink)));
            return;
        }
        if (_lastLine != TimeSpan.MinValue && progress.Elapsed - _lastLine < LineEvery && !progress.Summary.IsFinal(progress.Messages)) return;
        _lastLine = progress.Elapsed;
        Console.Error.WriteLine(Line(progress));
    }

    /// <summary>How far the demo's clock is ahead, like 3 d 04:30.</summary>
    public static string Ahead(TimeSpan ahead) => ahead.ToString(@"d' d 'hh\:mm", CultureInfo.InvariantCulture);

    private static string Line(DemoProgress progress)
    {
        var s = progress.Summary;
        return FormattableString.Invariant($"{progress.Elapsed.TotalSeconds,6:0.0} s  clock +{Ahead(progress.Ahead)}  relayed {s.Relayed}  delivered {s.Delivered}  failed {s.Failed}  ")
            + FormattableString.Invariant($"waiting for retry {s.WaitingForRetry}  queued {s.Queued}  success {s.SuccessPercent:0.00} %  delivered {s.DeliveredPercent:0.00} %  {progress.SettledPerSecond:0} msg/s");
    }

    private static BreakdownChart Bars(DemoProgress progress) => new BreakdownChart { Width = 100 }
        .AddItem("delivered", progress.Summary.Delivered, Color.Green)
        .AddItem("failed", progress.Summary.Failed, Color.Red)
        .AddItem("waiting for retry", progress.Summary.WaitingForRetry, Color.Yellow)
        .AddItem("queued", progress.Summary.Queued, Color.Blue)
        .AddItem("still to relay", Math.Max(0, progress.Messages - progress.Summary.Relayed), Color.Grey);

    private static Table Figures(DemoProgress progress)
    {
        var s = progress.Summary;
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var title in new[] { "Relayed", "Delivered", "Failed", "Waiting for retry", "Success %", "Delivered %", "msg/s", "Real time", "Shortened clock", "Round" })
            table.AddColumn(new TableColumn(title).RightAligned());
        table.AddRow(
            Number(s.Relayed), Number(s.Delivered), Number(s.Failed), Number(s.WaitingForRetry), Percent(s.SuccessPercent), Percent(s.DeliveredPercent),
            progress.SettledPerSecond.ToString("0", CultureInfo.InvariantCulture), progress.Elapsed.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
            $"+{Ahead(progress.Ahead)}", Number(progress.Rounds));
        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double percent) => percent.ToString("0.00", CultureInfo.InvariantCulture);

    private static IAnsiConsole Plain(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 160;
        return console;
    }
}
