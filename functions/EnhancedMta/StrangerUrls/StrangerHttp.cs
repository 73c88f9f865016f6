using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.StrangerUrls;

/// <summary>How requests to such URLs are made.</summary>
public sealed record StrangerHttpOptions
{
    /// <summary>May be anywhere.</summary>
    public TrustedHosts Trusted { get; init; } = TrustedHosts.None;

    /// <summary>For the whole request, until the answer's header; reading its body is the caller's to limit.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long a connection serves one request after another: the name is looked up anew after that. Zero for one request each.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.Zero;

    /// <summary>TLS 1.2 or later with the system's authorities, unless it says otherwise.</summary>
    public SslClientAuthenticationOptions Tls { get; init; } = ClientTls.Options(null);
}

/// <summary>
/// The one way to ask a URL that a stranger chose (CWE-918): names are resolved by our DNS client, and connections go only to addresses
/// that an MX may have, too; so an answer of the DNS that changes after a check gains nothing. No redirect is followed, no proxy asked, no
/// cookie kept.
/// </summary>
public static class StrangerHttp
{
    private const int MaxHeaderKilobytes = 16;

    /// <summary>A client whose requests fail with <see cref="HttpRequestException"/> where they may not go. Who makes it disposes of it.</summary>
    public static HttpClient CreateClient(HostAddresses addresses, StrangerHttpOptions options)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(options);
        return new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = options.ConnectionLifetime,
            SslOptions = options.Tls,
            ConnectCallback = async (context, stop) => await ConnectAsync(addresses, options.Trusted, context.DnsEndPoint, stop).ConfigureAwait(false),
        })
        { Timeout = options.Timeout };
    }

    private static async Task<Stream> ConnectAsync(HostAddresses addresses, TrustedHosts trusted, DnsEndPoint host, CancellationToken cancellationToken)
    {
        var named = new MxHost(host.Host, 0, host.Port) { IsRouted = trusted.Contains(host.Host) };
        // An address is no question for the DNS; only a trusted one is taken.
        if (!named.IsRouted && IPAddress.TryParse(host.Host, out _))
            throw new IOException($"{host.Host} is an address, not the name of a host");
        var lookup = await addresses.FindAsync(named, cancellationToken).ConfigureAwait(false);
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
