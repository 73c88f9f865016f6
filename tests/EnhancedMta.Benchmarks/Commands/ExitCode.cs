using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Commands;

/// <summary>What the end of a measurement is to whoever started it: 0 all held, 1 something did not or it could not run, 2 arguments that it does not know, 130 stopped by Ctrl-C.</summary>
internal static class ExitCode
{
    /// <summary>Runs a measurement that Ctrl-C and SIGTERM stop, and tells on standard error why it ended without a verdict.</summary>
    /// <param name="measure">Parses, measures and reports; true when all held. A <see cref="FormatException"/> of it means its arguments.</param>
    public static async Task<int> OfAsync(Func<CancellationToken, Task<bool>> measure)
    {
        using var stop = new StopSignal();
        try
        {
            return await measure(stop.Token) ? 0 : 1;
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
