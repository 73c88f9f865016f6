using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>A SOCKS5 proxy that answers as told, octet by octet, whatever it is asked: for the faults that a real one does not have.</summary>
internal sealed class ScriptedProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<byte[]> _answers;
    private readonly bool _closes;
    private readonly Task _accepting;
    private int _connections;

    private ScriptedProxy(IReadOnlyList<byte[]> answers, bool closes)
    {
        (_answers, _closes) = (answers, closes);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Connections => Volatile.Read(ref _connections);

    /// <param name="closes">Ends the connection after the last answer; else it says nothing more.</param>
    /// <param name="answers">One for each time that something comes.</param>
    public static ScriptedProxy Start(bool closes, params byte[][] answers) => new(answers, closes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                sessions.Add(Task.Run(() => AnswerAsync(socket)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using var connection = socket;
        socket.NoDelay = true;
        var input = new byte[1024];
        try
        {
            foreach (var answer in _answers)
            {
                if (await socket.ReceiveAsync(input, _stop.Token) == 0)
                    return;
                foreach (var octet in answer)
                    await socket.SendAsync(new[] { octet }, _stop.Token);
            }
            while (!_closes && await socket.ReceiveAsync(input, _stop.Token) > 0)
            {
                // Silence.
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The client left, or the test ends.
        }
    }
}
