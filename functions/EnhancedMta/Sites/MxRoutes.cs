using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EnhancedMta.Sites;

/// <summary>
/// The setting that maps recipient domains to fixed hosts, ahead of the DNS. Keys: a domain, <c>*.suffix</c> for all below a domain,
/// or <c>*</c>. Values: <c>host[:port][,host[:port]…]</c> in the order of preference; a host is a name or an address, IPv6 in brackets.
/// </summary>
public sealed class MxRoutes
{
    private const int DefaultPort = 25;

    private readonly Dictionary<string, Site> _sites = new(StringComparer.OrdinalIgnoreCase);

    private MxRoutes()
    {
    }

    public static MxRoutes None { get; } = new();

    /// <exception cref="FormatException">An entry cannot be read; the message names it.</exception>
    public static MxRoutes Parse(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var routes = new MxRoutes();
        foreach (var (key, value) in entries)
        {
            var domain = key.Trim();
            if (!IsPattern(domain))
                throw new FormatException($"Route '{key}': the key must be a domain, '*.suffix' or '*'.");
            var hosts = value.Split(',', StringSplitOptions.TrimEntries);
            var site = Site.Of(hosts.Select((host, index) => ReadHost(host, index)
                ?? throw new FormatException($"Route '{key}': '{host}' is not host[:port], with an IPv6 address in brackets.")));
            if (!routes._sites.TryAdd(domain, site))
                throw new FormatException($"Route '{key}' is given twice.");
        }
        return routes;
    }

    /// <summary>The site that is configured for <paramref name="domain"/>: an exact key before the longest suffix before <c>*</c>.</summary>
    public Site? Find(string domain)
    {
        if (_sites.Count == 0)
            return null;
        if (_sites.TryGetValue(domain, out var site))
            return site;
        for (var dot = domain.IndexOf('.'); dot >= 0; dot = domain.IndexOf('.', dot + 1))
        {
            if (_sites.TryGetValue(string.Concat("*", domain.AsSpan(dot)), out site))
                return site;
        }
        return _sites.GetValueOrDefault("*");
    }

    private static bool IsPattern(string key) =>
        key == "*" || Uri.CheckHostName(key.StartsWith("*.", StringComparison.Ordinal) ? key[2..] : key) == UriHostNameType.Dns;

    /// <summary><c>host[:port]</c>, or null when it is no such thing.</summary>
    internal static MxHost? ReadHost(string text, int preference, int defaultPort = DefaultPort)
    {
        var bracket = text.StartsWith('[') ? text.IndexOf(']') : -1;
        var colon = text.IndexOf(':', Math.Max(bracket, 0));
        var name = bracket > 0 ? text[1..bracket] : colon < 0 ? text : text[..colon];
        var tail = bracket > 0 ? text[(bracket + 1)..] : text[name.Length..];
        var port = defaultPort;
        if (tail.Length > 0 && !(tail[0] == ':' && int.TryParse(tail.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= IPEndPoint.MaxPort))
            return null;
        var good = bracket > 0
            ? IPAddress.TryParse(name, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            : Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4;
        return good ? new MxHost(name.ToLowerInvariant(), preference, port) { IsRouted = true } : null;
    }
}
