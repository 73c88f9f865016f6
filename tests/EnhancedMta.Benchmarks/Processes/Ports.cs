using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.Benchmarks.Processes;

/// <summary>Ports on the loopback interface for programs that must be told one.</summary>
internal static class Ports
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Until something listens there.</summary>
    /// <exception cref="InvalidOperationException">Nothing does in half a minute, or <paramref name="server"/> has ended.</exception>
    public static async Task WaitAsync(int port, ChildProcess? server, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        while (!await AnswersAsync(port, cancellationToken))
        {
            server?.ThrowIfExited();
            if (limit.IsCancellationRequested)
                throw new InvalidOperationException($"Nothing listens on port {port} after {AnswerLimit.TotalSeconds:0} s. {server?.LastLines}");
            await Task.Delay(50, cancellationToken);
        }
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
