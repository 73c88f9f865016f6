using System.Collections.Frozen;
using System.Net;

namespace EnhancedMta.StrangerUrls;

/// <summary>Hosts that an operator named in a setting: requests may go there wherever they are, and without TLS. Names in A-labels, or addresses.</summary>
public sealed class TrustedHosts
{
    private readonly FrozenSet<string> _names;

    private TrustedHosts(IEnumerable<string> names) => _names = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static TrustedHosts None { get; } = new([]);

    /// <exception cref="FormatException">One is neither a host name nor an address; the message names it.</exception>
    public static TrustedHosts Of(params IEnumerable<string> hosts) => new(hosts.Select(Named).ToList());

    /// <param name="host">As <see cref="Uri.IdnHost"/> has it: an IPv6 address without brackets.</param>
    public bool Contains(string host) => _names.Contains(host);

    private static string Named(string host) =>
        // One spelling for each address: http://0x7f.1 is 127.0.0.1, too.
        Uri.CheckHostName(host) == UriHostNameType.Unknown ? throw new FormatException($"'{host}' is neither a host name nor an address.")
        : IPAddress.TryParse(host, out var address) ? address.ToString()
        : new UriBuilder("https", host).Uri.IdnHost;
}
