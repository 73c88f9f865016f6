using System.Globalization;
using EnhancedMta.LocalHost.Commands.Demo;

namespace EnhancedMta.LocalHost.Commands;

/// <summary>Shows the whole pipeline at work on this machine: a delivery relayed, retried and settled against providers with habits of their own.</summary>
internal static class DemoCommand
{
    public const string Usage = "demo [--messages N] [--exit] [--json]    relay a delivery of N (2,000) messages to a sink that answers like real providers";

    /// <returns>The exit code: 0 when nothing was lost or doubled and the totals are right, 1 when not, 2 for arguments that it does not know, 130 when stopped before.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!DemoOptions.TryParse(arguments, out var options, out var error))
        {
            await Console.Error.WriteLineAsync($"demo: {error}. Usage: {Usage}");
            return 2;
        }
        using var stop = new StopSignal();
        try
        {
            return await RunAsync(options, stop);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or IOException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> RunAsync(DemoOptions options, StopSignal stop)
    {
        var screen = new DemoScreen(options.Json);
        var deliveryId = string.Create(CultureInfo.InvariantCulture, $"DM{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}-{Random.Shared.Next(0x10000):x4}");
        await using var world = await DemoWorld.StartAsync(deliveryId, screen.Say, stop.Token);
        var result = await new DemoRun(world, screen, new Mailing(deliveryId, options.Messages)).RunAsync(stop.Token);
        DemoReport.Write(screen.Report, result, world, deliveryId, options.Exit);
        if (options.Json) Console.WriteLine(result.ToJson());
        if (!options.Exit)
        {
            screen.Say("The API stays up until Ctrl-C.");
            await stop.WaitAsync();
        }
        return result.Faults.Count == 0 ? 0 : 1;
    }
}
