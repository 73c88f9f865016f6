using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>
/// An SMTP server on loopback that answers like real providers do: takes, greylists, defers, throttles, refuses. Nothing that it
/// takes goes anywhere; <see cref="Ledger"/> tells what came.
/// </summary>
public sealed class SmtpSinkServer : IAsyncDisposable
{
    private readonly SmtpSinkOptions _options;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<Persona, TcpListener> _listeners = [];
    private readonly ConcurrentDictionary<Task, bool> _sessions = new();
    private readonly List<Task> _accepting = [];

    private SmtpSinkServer(SmtpSinkOptions options)
    {
        _options = options;
        _certificate = options.StartTls ? SinkCertificate.Create(options.Personas.Select(persona => persona.Host), options.Clock.GetUtcNow()) : null;
    }

    public SinkLedger Ledger { get; } = new();

    /// <summary>Listens on a free port for each persona.</summary>
    public static async Task<SmtpSinkServer> StartAsync(SmtpSinkOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var server = new SmtpSinkServer(options);
        try
        {
            server.Listen();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where mail for a recipient domain is taken.</summary>
    /// <exception cref="KeyNotFoundException">No persona serves it.</exception>
    public IPEndPoint EndPointOf(string domain) => _listeners.FirstOrDefault(pair => pair.Key.Serves(domain)).Value is { } listener
        ? (IPEndPoint)listener.LocalEndpoint
        : throw new KeyNotFoundException($"No persona of the sink serves {domain}.");

    /// <summary>Ends all sessions at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var listener in _listeners.Values) listener.Dispose();
        await Task.WhenAll(_accepting);
        await Task.WhenAll(_sessions.Keys);
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    private void Listen()
    {
        foreach (var persona in _options.Personas)
        {
            var listener = new TcpListener(persona.Address, 0);
            listener.Start(backlog: 512);
            _listeners.Add(persona, listener);
            _accepting.Add(Task.Run(() => AcceptAsync(listener, new PersonaState(persona, _options.Clock))));
        }
    }

    private async Task AcceptAsync(TcpListener listener, PersonaState state)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var session = ServeAsync(await listener.AcceptSocketAsync(_stopping.Token), state);
                _sessions.TryAdd(session, true);
                _ = session.ContinueWith(ended => _sessions.TryRemove(ended, out _), TaskScheduler.Default);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a client that was gone before it was let in.
            }
        }
    }

    private async Task ServeAsync(Socket socket, PersonaState state)
    {
        socket.NoDelay = true;
        await using var wire = new SinkWire(socket);
        try
        {
            await new SinkSession(wire, state, Ledger, _options, _certificate).RunAsync(_stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The client is gone, or we are stopping: there is nobody to tell.
        }
    }
}
