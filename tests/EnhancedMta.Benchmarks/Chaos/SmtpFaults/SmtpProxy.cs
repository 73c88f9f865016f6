using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.Benchmarks.Chaos.SmtpFaults;

/// <summary>Stands before a recipients' server and lets the weather decide which sessions suffer.</summary>
internal sealed class SmtpProxy : IAsyncDisposable
{
    private readonly string _site;
    private readonly TcpListener _listener;
    private readonly IPEndPoint _server;
    private readonly Weather<SmtpPlace, SmtpFault> _weather;
    private readonly FaultTally _tally;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _sessions = new();
    private readonly Task _accepting;
    private int _number;

    /// <param name="site">Whose server it is.</param>
    /// <param name="address">Where it listens, on a port that the system chooses.</param>
    /// <param name="server">Where sessions go.</param>
    /// <param name="weather">What goes wrong.</param>
    /// <param name="tally">Counts it.</param>
    public SmtpProxy(string site, IPAddress address, IPEndPoint server, Weather<SmtpPlace, SmtpFault> weather, FaultTally tally)
    {
        (_site, _server, _weather, _tally) = (site, server, weather, tally);
        _listener = new TcpListener(address, 0);
        _listener.Start(backlog: 512);
        _accepting = Task.Run(AcceptAsync);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_sessions.Keys);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptSocketAsync(_stopping.Token);
                var session = ServeAsync(client);
                _sessions.TryAdd(session, 0);
                _ = session.ContinueWith(ended => _sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a client that was gone before it was let in.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var session = new SmtpProxySession(_site, client, new Random(Interlocked.Increment(ref _number)), _weather, _tally);
        await session.RunAsync(_server, _stopping.Token);
    }
}
