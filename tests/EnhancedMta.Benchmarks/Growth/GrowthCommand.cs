using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Growth;

/// <summary><c>growth</c>: whether anything takes longer, or asks more of storage, the more is in the log and in the schedule.</summary>
internal static class GrowthCommand
{
    /// <returns>The exit code: 0 when what is asked of storage stays the same; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = GrowthOptions.Parse(arguments);
            var result = await GrowthRun.RunAsync(options, Console.Error.WriteLine, stop.Token);
            GrowthReport.Write(options, result);
            return result.Grown.Count == 0 ? 0 : 1;
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 130;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
