using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Overload;

/// <summary><c>overload</c>: what becomes of those who offer many times what can be relayed, and of what was accepted of it.</summary>
internal static class OverloadCommand
{
    /// <returns>The exit code: 0 when much was refused, no transactional mail, and all that was accepted came once; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = OverloadOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new InvalidOperationException("This run needs Linux: /proc, and loopback addresses beside 127.0.0.1.");
            var result = await OverloadRun.RunAsync(options, Console.Error.WriteLine, stop.Token);
            OverloadReport.Write(options, result);
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
