using System.Net;
using System.Net.Sockets;
using EnhancedMta.Egresses;
using EnhancedMta.Sites;

namespace EnhancedMta.Smtp;

/// <summary>Makes an egress's connections: a socket of ours to the target, or through its proxy.</summary>
/// <param name="addresses">Resolves the proxy's name.</param>
internal sealed class EgressConnector(HostAddresses addresses)
{
    /// <summary>A connection to the target, without Nagle's algorithm.</summary>
    /// <param name="egress">From where.</param>
    /// <param name="target">Where to.</param>
    /// <param name="timeout">For each step: to the proxy, and to the target.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SessionFailedException">With <see cref="LocalError.EgressFailed"/> it was the egress, else the target.</exception>
    public async Task<Socket> ConnectAsync(Egress egress, IPEndPoint target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (egress.Kind is not EgressKind.Socks5 kind)
            return await ConnectAsync(target, egress.Address, timeout, cancellationToken);
        var socket = await ReachAsync(kind, timeout, cancellationToken);
        try
        {
            using var limit = Limit(timeout, cancellationToken);
            var code = await Socks5.ConnectAsync(socket, target, limit.Token);
            return code == 0 ? socket : throw Refused(kind, code);
        }
        catch (Exception fault)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw fault switch
            {
                // It let us in a moment ago; what it waits for is the target.
                OperationCanceledException => new SessionFailedException(LocalError.ConnectTimeout, null, $"connecting through {Named(kind)} took too long", fault),
                SessionFailedException { Error: LocalError.EgressFailed, IsDoubt: false } known => Failed(kind, known.Message, known),
                // Perhaps it ends connections instead of telling what went wrong with the target.
                IOException or SocketException => Doubt(kind, $"ended the connection when it was to connect ({fault.Message})", fault),
                _ => fault,
            };
        }
    }

    /// <summary>Whether the proxy is there and lets us in. Other egresses have nothing that could be asked.</summary>
    /// <exception cref="SessionFailedException">It is not.</exception>
    public async Task CheckAsync(Egress egress, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (egress.Kind is EgressKind.Socks5 kind)
            (await ReachAsync(kind, timeout, cancellationToken)).Dispose();
    }

    /// <summary>A connection to the proxy that waits for our request. Whatever fails is the proxy's fault.</summary>
    private async Task<Socket> ReachAsync(EgressKind.Socks5 kind, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var lookup = await addresses.FindAsync(kind.Proxy, cancellationToken);
        SessionFailedException? last = null;
        foreach (var address in lookup.Addresses)
        {
            Socket? socket = null;
            try
            {
                socket = await ConnectAsync(new IPEndPoint(address, kind.Proxy.Port), null, timeout, cancellationToken);
                using var limit = Limit(timeout, cancellationToken);
                await Socks5.GreetAsync(socket, kind.Credentials, limit.Token);
                return socket;
            }
            catch (Exception fault) when (fault is SessionFailedException or IOException or SocketException or OperationCanceledException)
            {
                socket?.Dispose();
                cancellationToken.ThrowIfCancellationRequested();
                last = Failed(kind, fault is OperationCanceledException ? "does not answer in time" : fault.Message, fault);
            }
        }
        throw last ?? Failed(kind, $"has no address: {lookup.Detail}", null);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint address, IPAddress? local, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Nagle's algorithm and delayed acknowledgements together cost 43 ms a message.
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = Limit(timeout, cancellationToken);
        try
        {
            if (local is not null)
                Bind(socket, local);
            await socket.ConnectAsync(address, limit.Token);
            return socket;
        }
        catch (Exception fault)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw fault switch
            {
                OperationCanceledException => new SessionFailedException(LocalError.ConnectTimeout, null, "connecting took too long", fault),
                SocketException { SocketErrorCode: SocketError.TimedOut } => new SessionFailedException(LocalError.ConnectTimeout, null, fault.Message, fault),
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new SessionFailedException(LocalError.ConnectRefused, null, fault.Message, fault),
                SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } => new SessionFailedException(LocalError.ConnectionLost, null, fault.Message, fault),
                SocketException => new SessionFailedException(LocalError.ConnectFailed, null, fault.Message, fault),
                _ => fault,
            };
        }
    }

    private static void Bind(Socket socket, IPAddress local)
    {
        try
        {
            socket.Bind(new IPEndPoint(local, 0));
        }
        catch (SocketException fault)
        {
            throw new SessionFailedException(LocalError.EgressFailed, null, $"cannot bind {local}: {fault.Message}", fault);
        }
    }

    // RFC 1928 §6: 3 to 6 are what the proxy learned when it tried the target; the others are its own.
    private static SessionFailedException Refused(EgressKind.Socks5 kind, byte code)
    {
        var words = $"{Named(kind)} says: {Socks5.Describe(code)}";
        return code switch
        {
            // Also what a proxy says that has lost its own network.
            3 => new SessionFailedException(LocalError.ConnectFailed, null, words) { IsDoubt = true },
            4 => new SessionFailedException(LocalError.ConnectFailed, null, words),
            5 => new SessionFailedException(LocalError.ConnectRefused, null, words),
            6 => new SessionFailedException(LocalError.ConnectTimeout, null, words),
            _ => new SessionFailedException(LocalError.EgressFailed, null, words) { IsDoubt = true },
        };
    }

    private static SessionFailedException Failed(EgressKind.Socks5 kind, string what, Exception? cause) =>
        new(LocalError.EgressFailed, null, $"{Named(kind)}: {what}", cause);

    private static SessionFailedException Doubt(EgressKind.Socks5 kind, string what, Exception cause) =>
        new(LocalError.EgressFailed, null, $"{Named(kind)}: {what}", cause) { IsDoubt = true };

    private static string Named(EgressKind.Socks5 kind) => $"proxy {kind.Proxy.Name}:{kind.Proxy.Port}";

    private static CancellationTokenSource Limit(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        return limit;
    }
}
