using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary><c>scale</c>: what several processes on one storage account do, what limits them, and what Azure would.</summary>
internal static class ScaleCommand
{
    /// <returns>The exit code: 0 when it ran; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = ScaleOptions.Parse(arguments);
#if DEBUG
            await Console.Error.WriteLineAsync("This is a Debug build, whose figures tell nothing: use dotnet run -c Release.");
#endif
            var points = new List<ScalePoint>();
            foreach (var processes in options.Processes)
                points.Add(await ScaleRun.RunAsync(options, processes, Console.Error.WriteLine, stop.Token));
            ScaleReport.Write(options, points);
            return 0;
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
