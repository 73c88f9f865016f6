using System.Net;
using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Smtp;

namespace EnhancedMta.Sites;

/// <summary>Finds the site of a recipient domain: a configured route, else the DNS (RFC 5321 §5.1), kept as long as it says.</summary>
public sealed class SiteDirectory(DnsRecords dns, HostAddresses addresses, MxRoutes routes, DnsOptions options, TimeProvider time)
{
    private readonly TtlCache<SiteLookup> _cache = new(time, options.CacheCapacity);

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the wait; the question goes on for the others who wait for it.</param>
    public Task<SiteLookup> FindAsync(string domain, CancellationToken cancellationToken) =>
        routes.Find(domain) is { } site
            ? Task.FromResult(SiteLookup.Found(site))
            : _cache.GetAsync(domain, LookUpAsync, cancellationToken);

    /// <summary>The configured ones, and those that this process was told by the DNS and still may believe.</summary>
    public IReadOnlyCollection<Site> Known() =>
        [.. routes.Sites.Concat(_cache.Values().Select(lookup => lookup.Site).OfType<Site>()).DistinctBy(site => site.Key, StringComparer.Ordinal)];

    private async Task<(SiteLookup, TimeSpan)> LookUpAsync(string domain)
    {
        var answer = await dns.AskAsync(domain, QueryType.MX);
        return answer.Status switch
        {
            DnsStatus.Found => (FromMx(answer), answer.Ttl),
            DnsStatus.NoData => await FromAddressAsync(domain, answer),
            DnsStatus.NoSuchName => (SiteLookup.Failed(LocalError.NoSuchDomain, answer.Detail), answer.Ttl),
            _ => (SiteLookup.Failed(LocalError.DnsUnavailable, answer.Detail), answer.Ttl),
        };
    }

    private SiteLookup FromMx(DnsAnswer answer)
    {
        var records = answer.Records.OfType<MxRecord>().Select(record => (Name: HostName(record), record.Preference)).ToList();
        var hosts = records.Where(record => record.Name.Length > 0).ToList();
        // RFC 7505 §3. Beside other records the "." stands for nothing.
        if (hosts.Count == 0)
            return SiteLookup.Failed(LocalError.NullMx, answer.Detail + ", which is null");
        // RFC 5321 §5.1: an MX names a host; an address there is a mistake that resolvers are not meant to follow.
        hosts.RemoveAll(host => IPAddress.TryParse(host.Name, out _));
        if (hosts.Count == 0)
            return SiteLookup.Failed(LocalError.NoMailHost, $"{answer.Detail}, no host names but addresses: {string.Join(", ", records.Select(record => record.Name))}");
        return SiteLookup.Found(Site.Of(hosts
            .GroupBy(host => host.Name, StringComparer.Ordinal)
            .Select(same => new MxHost(same.Key, same.Min(host => host.Preference), options.SmtpPort))), answer.IsSecure);
    }

    // RFC 5321 §5.1: without MX records the domain itself is its mail host.
    private async Task<(SiteLookup, TimeSpan)> FromAddressAsync(string domain, DnsAnswer answer)
    {
        var host = new MxHost(domain, 0, options.SmtpPort);
        var lookup = await addresses.FindAsync(host, CancellationToken.None);
        var site = lookup.Error is { } error
            ? SiteLookup.Failed(error, $"{answer.Detail}; {lookup.Detail}")
            : SiteLookup.Found(Site.Of([host]), answer.IsSecure && lookup.IsSecure);
        return (site, lookup.Error == LocalError.DnsUnavailable ? options.ErrorTtl : answer.Ttl);
    }

    private static string HostName(MxRecord record) => record.Exchange.Value.TrimEnd('.').ToLowerInvariant();
}
