using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Soak;

/// <summary><c>soak</c>: whether anything grows that should not, over a long time at half load.</summary>
internal static class SoakCommand
{
    /// <returns>The exit code: 0 when all is flat and arrived once; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = SoakOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new InvalidOperationException("This run needs Linux: /proc, and loopback addresses beside 127.0.0.1.");
            var result = options.From is { } file ? SoakResult.Read(file) : await RunAsync(options, stop.Token);
            if (options is { From: not null, Until: { } until })
                result = result with { Samples = [.. result.Samples.Where(s => s.Minute <= until)] };
            SoakReport.Write(options, result);
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

    private static async Task<SoakResult> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        var output = options.Output is { } folder ? Directory.CreateDirectory(folder).FullName : Directory.CreateTempSubdirectory("enhancedmta-soak-").FullName;
        await Console.Error.WriteLineAsync($"Samples, and what the app says: {output}");
        return await SoakRun.RunAsync(options, output, Console.Error.WriteLine, cancellationToken);
    }
}
