using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Limits;

/// <summary><c>limits</c>: whether limits hold, and are used, when several processes send to the same sites.</summary>
internal static class LimitsCommand
{
    /// <returns>The exit code: 0 when the limits held and nothing was lost; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = LimitsOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new InvalidOperationException("This benchmark needs Linux: loopback addresses beside 127.0.0.1, and signals.");
            var result = await LimitsRun.RunAsync(options, Console.Error.WriteLine, stop.Token);
            LimitsReport.Write(options, result);
            return LimitsReport.IsGood(options, result) ? 0 : 1;
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
