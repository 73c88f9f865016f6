using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Latency;

/// <summary><c>latency</c>: how long one transactional message takes from the caller to the recipient's server.</summary>
internal static class LatencyCommand
{
    /// <returns>The exit code: 0 when the goals hold; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = LatencyOptions.Parse(arguments);
#if DEBUG
            await Console.Error.WriteLineAsync("This is a Debug build, whose figures tell nothing: use dotnet run -c Release.");
#endif
            var result = await LatencyRun.RunAsync(options, Console.Error.WriteLine, stop.Token);
            LatencyReport.Write(options, result);
            return result.IsGood ? 0 : 1;
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
