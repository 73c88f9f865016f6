using System.Net;
using System.Net.Sockets;
using EnhancedMta.Sites;

namespace EnhancedMta.TlsPolicies;

/// <summary>Connects to a host that a stranger named: only to addresses that mail may go to, too.</summary>
internal static class Connection
{
    /// <exception cref="IOException">No address, or none that answers.</exception>
    public static async Task<Stream> OpenAsync(HostAddresses addresses, DnsEndPoint host, CancellationToken cancellationToken)
    {
        var lookup = await addresses.FindAsync(new MxHost(host.Host, 0, host.Port), cancellationToken).ConfigureAwait(false);
        Exception? last = null;
        foreach (var address in lookup.Addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, host.Port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception fault)
            {
                socket.Dispose();
                if (fault is not SocketException)
                    throw;
                last = fault;
            }
        }
        throw new IOException(last?.Message ?? lookup.Detail ?? "it has no address", last);
    }
}
