using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Peers;
using EnhancedMta.Benchmarks.Processes;
using EnhancedMta.LocalHost.Commands;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary><c>relay</c>: how many messages a second go from a caller's request to the recipients' server.</summary>
internal static class RelayCommand
{
    /// <returns>The exit code: 0 when it ran and nothing was lost, sent twice or unsigned; 1 otherwise; 2 for arguments that it does not know.</returns>
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
#endif
            return await RunAsync(options, stop.Token) ? 0 : 1;
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

    private static async Task<bool> RunAsync(RelayOptions options, CancellationToken cancellationToken)
    {
        // What is missing should be said before the first side has run for minutes.
        Installed.Require("smtp-sink", "postfix");
        if (options.WithPeer)
            PostfixSide.CheckInstalled();
        using var key = RSA.Create(2048);
        var ours = await EnhancedMtaSide.RunAsync(options, key, cancellationToken);
        var peer = options.WithPeer ? await PostfixSide.RunAsync(options, key, cancellationToken) : null;
        RelayReport.Write(options, ours, peer);
        return RelayReport.IsGood(ours) && (peer is null || RelayReport.IsGood(peer));
    }
}
