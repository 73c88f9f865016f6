using EnhancedMta.LocalHost.Commands;
using EnhancedMta.LocalHost.Commands.Demo;
using Microsoft.Playwright;

namespace EnhancedMta.Benchmarks.Screens;

/// <summary><c>screens</c>: takes the dashboard's screenshots of docs, in a real browser, of the demo's parts at work.</summary>
internal static class ScreensCommand
{
    public const string Usage = "screens [--to FOLDER]    take the dashboard's screenshots (docs/dashboard); needs Chromium";

    /// <returns>The exit code: 0 when all were taken and the browser found nothing wrong; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var folder = arguments switch { [] => Path.Combine("docs", "dashboard"), ["--to", var to] => to, _ => null };
        if (folder is null)
        {
            await Console.Error.WriteLineAsync($"Usage: {Usage}");
            return 2;
        }

        using var stop = new StopSignal();
        try
        {
            await using var chromium = await Chromium.LaunchAsync();
            await using var names = new HostNames();
            await using var world = await DemoWorld.StartAsync("screens", Console.Error.WriteLine, stop.Token, sink => Scene.Settings(sink, names));
            await new Scene(world, Console.Error.WriteLine).PlayAsync(stop.Token);
            Directory.CreateDirectory(folder);
            return await TakeAsync(chromium.Browser, world, folder, stop.Token) ? 0 : 1;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException or PlaywrightException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<bool> TakeAsync(IBrowser browser, DemoWorld world, string folder, CancellationToken cancellationToken)
    {
        var delivery = $"deliveries/{Scene.UnderWay}";
        var log = await world.Api.LogAsync(Scene.UnderWay, cancellationToken);
        // One that was put off several times says most.
        var message = log.Where(line => line.State == "waiting" && line.To.Contains("full-", StringComparison.Ordinal)).Select(line => line.MessageId).FirstOrDefault() ?? log[0].MessageId;
        var path = await world.Api.PathAsync("mx.tollgate.example", cancellationToken);
        Screen[] screens =
        [
            new("deliveries", "deliveries"),
            new("delivery", delivery, Height: 1_260),
            new("delivery-dark", delivery, Scheme: ColorScheme.Dark, Height: 1_260),
            new("breakdowns", delivery, Height: 1_400, ScrollTo: "main > .two:has(td.bar)"),
            new("log", $"{delivery}/log?status=Failed", Height: 900),
            new("message", $"{delivery}/messages/{message}", Height: 1_000),
            new("throughput", "throughput?window=1h", Scheme: ColorScheme.Dark, Height: 680),
            new("paths", "paths", Height: 900),
            new("path", $"paths/{path}", Scheme: ColorScheme.Dark, Height: 1_100),
            new("warm-up", "warm-up", Height: 620),
            new("alerts", "alerts", Height: 640),
            new("mode", "mode", Scheme: ColorScheme.Dark, Height: 820),
            new("delivery-fr", delivery, Locale: "fr-FR", Height: 1_260),
            new("phone", delivery, Width: 390, Height: 1_180),
            new("phone-fr-dark", $"{delivery}/log?status=Failed", Width: 390, Height: 1_180, Locale: "fr-FR", Scheme: ColorScheme.Dark),
        ];
        var isGood = true;
        foreach (var screen in screens)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var faults = await screen.TakeAsync(browser, world.Dashboard, Path.Combine(folder, $"{screen.Name}.png"));
            await Console.Error.WriteLineAsync($"{screen.Name}.png");
            foreach (var fault in faults)
                await Console.Error.WriteLineAsync($"  {fault}");
            isGood &= faults.Count == 0;
        }

        return isGood;
    }
}
