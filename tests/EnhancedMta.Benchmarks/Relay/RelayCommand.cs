using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary><c>relay</c>: how many messages a second go from a caller's request to the recipients' server.</summary>
internal static class RelayCommand
{
    /// <returns>The exit code: 0 when it ran and nothing was lost, sent twice or unsigned by anybody; 1 otherwise; 2 for arguments that it does not know.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var stop = new StopSignal();
        try
        {
            var options = RelayOptions.Parse(arguments);
            if (!OperatingSystem.IsLinux())
                throw new InvalidOperationException("This benchmark needs Linux: /proc, and Postfix's smtp-sink.");
#if DEBUG
            await Console.Error.WriteLineAsync("This is a Debug build, whose figures tell nothing: use dotnet run -c Release.");
            if (options.Document is not null)
                throw new InvalidOperationException("Such figures are written to no document.");
#endif
            return await RunAsync(options, arguments, stop.Token) ? 0 : 1;
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

    private static async Task<bool> RunAsync(RelayOptions options, string[] arguments, CancellationToken cancellationToken)
    {
        var document = options.Document is { } file ? RelayDocument.Open(file, options.SizeInKB) : null;
        var measurement = await new RelayRuns(options).RunAsync("dotnet run -c Release --project tests/EnhancedMta.Benchmarks -- relay " + string.Join(' ', arguments), cancellationToken);
        RelayReport.Write(measurement, options.Json);
        document?.Write(measurement);
        return measurement.Sides.All(side => side.IsGood()) && !measurement.Missing.Any(peer => peer.Failed);
    }
}
