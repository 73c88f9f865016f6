using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>How a <see cref="ScriptedSmtpServer"/> answers STARTTLS.</summary>
public enum SmtpTls
{
    NotOffered,
    /// <summary>With a self-signed certificate.</summary>
    Works,
    /// <summary>Offered, and refused with 454.</summary>
    Refused,
    /// <summary>220, and then no TLS.</summary>
    Breaks,
}

/// <summary>
/// An SMTP server on loopback that accepts all mail, but for what its script says: set <see cref="Script"/>, also while it runs.
/// <code>
/// await using var server = ScriptedSmtpServer.Start();
/// server.Script = step => step.Phase == SmtpPhase.Rcpt ? SmtpAct.Reply("550 5.1.1 User unknown") : null;
/// </code>
/// </summary>
public sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Task> _sessions = new();
    private readonly ConcurrentQueue<ReceivedMail> _mails = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly ConcurrentQueue<IPAddress> _clients = new();
    private readonly Task _accepting;
    private int _connections;

    private ScriptedSmtpServer(IPEndPoint endPoint)
    {
        _listener = new TcpListener(endPoint);
        _listener.Start();
        EndPoint = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public int Port => EndPoint.Port;

    /// <summary>Says what to do at a step; null for what a good server does.</summary>
    public Func<SmtpStep, SmtpAct?> Script { get; set; } = _ => null;

    /// <summary>EHLO keywords, beside STARTTLS.</summary>
    public IReadOnlyList<string> Extensions { get; set; } = ["PIPELINING", "SIZE 20000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];

    public SmtpTls Tls { get; set; }

    /// <summary>Certificate, with those that lead to its authority; null for a self-signed one.</summary>
    public SslStreamCertificateContext? Identity { get; set; }

    /// <summary>Connections taken so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public int OpenConnections => _sessions.Count;

    /// <summary>Messages taken so far, in order.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _mails];

    /// <summary>Commands received so far, of all connections.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    /// <summary>Where the connections came from.</summary>
    public IReadOnlyList<IPAddress> Clients => [.. _clients];

    internal CancellationToken Stopping => _stop.Token;

    /// <param name="address">Loopback unless given.</param>
    /// <param name="port">A free one unless given.</param>
    public static ScriptedSmtpServer Start(IPAddress? address = null, int port = 0) => new(new IPEndPoint(address ?? IPAddress.Loopback, port));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_sessions.Values);
        _stop.Dispose();
    }

    internal void Note(string command) => _commands.Enqueue(command);

    internal void Take(ReceivedMail mail) => _mails.Enqueue(mail);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _clients.Enqueue(((IPEndPoint)socket.RemoteEndPoint!).Address);
                var number = Interlocked.Increment(ref _connections);
                var isOver = new TaskCompletionSource();
                _sessions[number] = isOver.Task;
                _ = Task.Run(async () =>
                {
                    using (var session = new ScriptedSession(this, socket, number))
                        await session.RunAsync();
                    _sessions.TryRemove(number, out _);
                    isOver.SetResult();
                });
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
