using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.Benchmarks.Screens;

/// <summary>A name server for which every name is this machine, so that the sink's providers go by their names. Knows A records only (RFC 1035).</summary>
internal sealed class HostNames : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const byte TypeA = 1;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _answering;

    public HostNames() => _answering = AnswerAsync();

    public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _answering;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var query = await _socket.ReceiveAsync(_stop.Token);
                if (Answer(query.Buffer) is { } answer)
                    await _socket.SendAsync(answer, query.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private static byte[]? Answer(byte[] query)
    {
        var end = HeaderLength;
        while (end < query.Length && query[end] != 0)
            end += query[end] + 1;
        end += 5;
        if (query.Length < end)
            return null;
        var isAddress = query[end - 3] == TypeA && query[end - 4] == 0;
        // Response, recursion available, no error; one question, and one answer or none.
        byte[] header = [query[0], query[1], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0];
        // The name by a pointer to the question's; class IN, a minute, 127.0.0.1.
        byte[] record = isAddress ? [0xC0, HeaderLength, 0, TypeA, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
        return [.. header, .. query[HeaderLength..end], .. record];
    }
}
