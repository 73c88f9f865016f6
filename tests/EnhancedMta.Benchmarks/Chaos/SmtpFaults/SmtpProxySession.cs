using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EnhancedMta.Benchmarks.Chaos.SmtpFaults;

/// <summary>One session: both directions, with an eye on which command each reply belongs to.</summary>
internal sealed class SmtpProxySession(string site, Socket client, Random random, Weather<SmtpPlace, SmtpFault> weather, FaultTally tally) : IDisposable
{
    /// <summary>A little longer than the rules of the scene wait for an answer.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);

    private const int EndlessOctets = 4 * 1024 * 1024;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ConcurrentQueue<SmtpMoment> _awaited = new([SmtpMoment.Greeting]);
    private readonly CommandTrack _track = new();

    public async Task RunAsync(IPEndPoint server, CancellationToken stopping)
    {
        client.NoDelay = true;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            await _server.ConnectAsync(server, over.Token);
            var up = UpAsync(over.Token);
            var down = DownAsync(over.Token);
            await await Task.WhenAny(up, down);
            // One side has said all it has to say. The other may still have an answer under way.
            await Task.WhenAny(Task.WhenAll(up, down), Task.Delay(Silence, over.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException or CutException)
        {
            // Cut, by us or by one of the two.
        }
        finally
        {
            await over.CancelAsync();
            Cut(client);
            Cut(_server);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    /// <summary>What the client says. Commands are noted before they are passed on: their replies find them.</summary>
    private async Task UpAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await client.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            var at = 0;
            while (at < count)
            {
                var wasContent = _track.IsInContent;
                var used = _track.Feed(buffer.AsSpan(at, count - at), _awaited.Enqueue);
                var moment = wasContent ? _track.IsInContent ? SmtpMoment.Content : SmtpMoment.FinalDot : (SmtpMoment?)null;
                if (moment is { } known && weather.At(new(site, known)) is { } fault)
                {
                    tally.Add(SmtpFaultNames.Of(fault, known));
                    throw new CutException();
                }

                await SendAsync(_server, buffer.AsMemory(at, used), cancellationToken);
                at += used;
            }
        }

        _server.Shutdown(SocketShutdown.Send);
    }

    /// <summary>What the server says, reply by reply.</summary>
    private async Task DownAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var reply = new List<byte>();
        while (await _server.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            foreach (var octet in buffer.AsMemory(0, count).ToArray())
            {
                reply.Add(octet);
                if (octet != '\n' || !IsComplete(reply))
                    continue;
                if (!_awaited.TryDequeue(out var moment))
                    moment = SmtpMoment.Other;
                if (moment == SmtpMoment.Data)
                    _track.DataAnswered(goesAhead: reply[0] == '3');
                await AnswerAsync([.. reply], moment, cancellationToken);
                reply.Clear();
            }
        }

        client.Shutdown(SocketShutdown.Send);
    }

    private async Task AnswerAsync(byte[] reply, SmtpMoment moment, CancellationToken cancellationToken)
    {
        var fault = weather.At(new(site, moment));
        if (fault is { } known)
            tally.Add(SmtpFaultNames.Of(known, moment));
        switch (fault)
        {
            case null:
                await SendAsync(client, reply, cancellationToken);
                return;
            case SmtpFault.Drip:
                await DripAsync(reply, cancellationToken);
                return;
            case SmtpFault.Silent:
                await Task.Delay(Silence, cancellationToken);
                break;
            case SmtpFault.Garbage:
                await GarbageAsync(cancellationToken);
                break;
            case SmtpFault.Endless:
                await EndlessAsync(cancellationToken);
                break;
        }

        throw new CutException();
    }

    private async Task DripAsync(byte[] reply, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(random.Next(5, 250));
        foreach (var octet in reply)
        {
            await SendAsync(client, new[] { octet }, cancellationToken);
            await Task.Delay(pause, cancellationToken);
        }
    }

    private async Task GarbageAsync(CancellationToken cancellationToken)
    {
        var octets = new byte[random.Next(1, 2_000)];
        random.NextBytes(octets);
        // A code by chance would be an answer, and count as one.
        octets[0] = (byte)'?';
        for (var i = 1; i < octets.Length; i++)
        {
            if (octets[i - 1] == '\n' && octets[i] is >= (byte)'2' and <= (byte)'5')
                octets[i] = 0;
        }

        await SendAsync(client, octets, cancellationToken);
        await SendAsync(client, "\r\n"u8.ToArray(), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
    }

    private async Task EndlessAsync(CancellationToken cancellationToken)
    {
        var lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("250-and another line of what this server has to say\r\n", 200)));
        for (var sent = 0; sent < EndlessOctets; sent += lines.Length)
        {
            await SendAsync(client, lines, cancellationToken);
            await Task.Delay(10, cancellationToken);
        }
    }

    /// <summary>The last line of a reply has no hyphen behind the code.</summary>
    private static bool IsComplete(List<byte> reply)
    {
        var begin = reply.LastIndexOf((byte)'\n', reply.Count - 2) + 1;
        return reply.Count - begin < 4 || reply[begin + 3] != '-';
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (octets.Length > 0)
            octets = octets[await to.SendAsync(octets, cancellationToken)..];
    }

    private static void Cut(Socket socket)
    {
        try
        {
            // Nothing that is still in a buffer arrives.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        socket.Close();
    }

    private sealed class CutException : Exception;
}
