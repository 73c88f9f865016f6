using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.Sites;

/// <summary>The set of MX hosts that a recipient domain resolves to; domains with the same set are one site.</summary>
/// <param name="Key">Hash of the ordered host list: the factored name is lossy (research, §2.2), so it is never a key.</param>
/// <param name="Name">For people: the first host, and how many more.</param>
/// <param name="Hosts">In the order of preference, equal ones by name; the order of trying is drawn anew for each session.</param>
public sealed record Site(string Key, string Name, IReadOnlyList<MxHost> Hosts)
{
    private const int KeyOctets = 12;

    /// <summary>The site of these hosts, put in order.</summary>
    public static Site Of(IEnumerable<MxHost> hosts)
    {
        MxHost[] ordered = [.. hosts.OrderBy(host => host.Preference).ThenBy(host => host.Name, StringComparer.Ordinal).ThenBy(host => host.Port)];
        var list = new StringBuilder();
        foreach (var host in ordered)
            list.Append(CultureInfo.InvariantCulture, $"{(host.IsRouted ? "route " : "")}{host.Name}:{host.Port}\n");
        // Not a quick hash: sessions are shared by key, and a domain's owner who found a second list of hosts with the key of
        // a big provider would be sent that provider's mail.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString()));
        var name = ordered.Length == 1 ? ordered[0].Name : string.Create(CultureInfo.InvariantCulture, $"{ordered[0].Name} +{ordered.Length - 1}");
        return new Site(Convert.ToHexStringLower(hash.AsSpan(0, KeyOctets)), name, ordered);
    }
}

/// <param name="Name">Host name in A-labels, or an address literal of the routes setting.</param>
/// <param name="Preference">Lower first (RFC 5321 §5.1).</param>
/// <param name="Port">25, unless a route says otherwise.</param>
public sealed record MxHost(string Name, int Preference, int Port)
{
    /// <summary>An operator named it in the routes setting: it may have any address.</summary>
    public bool IsRouted { get; init; }
}
