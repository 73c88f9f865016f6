using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.Sites;

/// <summary>
/// Addresses that no stranger's MX may lead us to: whoever controls a domain would otherwise choose hosts inside our network
/// (the special-purpose registries of RFC 6890, IANA).
/// </summary>
internal static class ProhibitedAddresses
{
    private static readonly IPNetwork[] V4 =
    [
        .. Networks(
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        // Azure's own host, which answers inside every virtual network.
        IPNetwork.Parse("168.63.129.16/32"),
    ];

    // All that the Internet has of IPv6 is in here; loopback, mapped and translated IPv4, unique local, link-local and multicast are not.
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    // Teredo, benchmarking, ORCHID and other protocols' own; documentation.
    private static readonly IPNetwork[] SpecialV6 = Networks("2001::/23", "2001:db8::/32", "3fff::/20");

    // Forms that carry an IPv4 address, and where in the 16 octets it stands: NAT64 (RFC 6052 §2.1) and 6to4 (RFC 3056 §2).
    private static readonly (IPNetwork Network, int Offset)[] Carriers =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12),
        (IPNetwork.Parse("2002::/16"), 2),
    ];

    public static bool Contains(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return V4.Any(network => network.Contains(address));
        foreach (var (network, offset) in Carriers)
        {
            if (network.Contains(address))
                return Contains(new IPAddress(address.GetAddressBytes().AsSpan(offset, 4)));
        }
        return !GlobalV6.Contains(address) || SpecialV6.Any(network => network.Contains(address));
    }

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
