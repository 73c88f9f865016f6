using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Chaos;

/// <summary><c>chaos</c>: whether anything is lost, or told wrong, while everything around fails.</summary>
internal static class ChaosCommand
{
    /// <returns>The exit code: 0 when all invariants held; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = ChaosOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new InvalidOperationException("This run needs Linux: loopback addresses beside 127.0.0.1, and signals.");
            var result = await ChaosRun.RunAsync(options, Console.Error.WriteLine, stop.Token);
            ChaosReport.Write(options, result);
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
