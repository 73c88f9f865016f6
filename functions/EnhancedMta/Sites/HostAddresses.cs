using System.Net;
using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Smtp;

namespace EnhancedMta.Sites;

/// <summary>Addresses of one MX host (IPv4 first, each family in the order of the answer), or why there are none to connect to.</summary>
public sealed record HostLookup(IReadOnlyList<IPAddress> Addresses, LocalError? Error, string? Detail)
{
    /// <summary>The DNS said so with good signatures.</summary>
    public bool IsSecure { get; init; }
}

/// <summary>Resolves MX hosts, and leaves out the addresses that a stranger must not send us to.</summary>
/// <param name="dns">Where names are looked up.</param>
/// <param name="options">May allow any address.</param>
/// <param name="time">For the time that answers hold.</param>
/// <param name="own">Where an MX must not lead us either.</param>
public sealed class HostAddresses(DnsRecords dns, DnsOptions options, TimeProvider time, OwnAddresses? own = null)
{
    private readonly TtlCache<HostLookup> _cache = new(time, options.CacheCapacity);

    /// <summary>The addresses of <paramref name="host"/>. A host from the routes setting may be an address, and may be anywhere.</summary>
    public async Task<HostLookup> FindAsync(MxHost host, CancellationToken cancellationToken)
    {
        if (!host.IsRouted)
            return Permitted(host.Name, await _cache.GetAsync(host.Name, LookUpAsync, cancellationToken));
        if (IPAddress.TryParse(host.Name, out var literal))
            return new([literal], null, null);
        // RFC 6761 §6.3: not a question for the DNS.
        if (host.Name == "localhost")
            return new([IPAddress.Loopback, IPAddress.IPv6Loopback], null, null);
        return await _cache.GetAsync(host.Name, LookUpAsync, cancellationToken);
    }

    private HostLookup Permitted(string name, HostLookup lookup)
    {
        if (options.AllowPrivateAddresses || !lookup.Addresses.Any(IsProhibited))
            return lookup;
        IPAddress[] permitted = [.. lookup.Addresses.Where(address => !IsProhibited(address))];
        return permitted.Length > 0
            ? lookup with { Addresses = permitted }
            : new([], LocalError.ProhibitedHost, $"{name} leads to {string.Join(", ", lookup.Addresses)}");
    }

    private bool IsProhibited(IPAddress address) => ProhibitedAddresses.Contains(address) || own?.Contains(address) == true;

    private async Task<(HostLookup, TimeSpan)> LookUpAsync(string name)
    {
        var questions = await Task.WhenAll(dns.AskAsync(name, QueryType.A), dns.AskAsync(name, QueryType.AAAA));
        var (a, aaaa) = (questions[0], questions[1]);
        var ttl = a.Ttl < aaaa.Ttl ? a.Ttl : aaaa.Ttl;
        IPAddress[] found = [.. a.Records.Concat(aaaa.Records).OfType<AddressRecord>().Select(record => record.Address)];
        if (found.Length > 0)
            return (new(found, null, null) { IsSecure = (a.IsSecure || a.Records.Count == 0) && (aaaa.IsSecure || aaaa.Records.Count == 0) }, ttl);
        var failed = a.Status == DnsStatus.Failed ? a : aaaa;
        return failed.Status == DnsStatus.Failed
            ? (new([], LocalError.DnsUnavailable, failed.Detail), ttl)
            : (new([], LocalError.NoMailHost, $"{a.Detail}; {aaaa.Detail}"), ttl);
    }
}
