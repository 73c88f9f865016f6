using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

/// <summary>Finds TLSA records of MX hosts (RFC 7672 §2.2). Only a resolver that is configured as trusted can say that an answer is secure.</summary>
internal sealed class DanePolicies(DnsRecords dns, HostAddresses addresses, DnsOptions options, TimeProvider clock)
{
    private readonly TtlCache<DnsAnswer?> _cache = new(clock, options.CacheCapacity);

    /// <summary>By host; hosts without are left out.</summary>
    /// <param name="domain">The recipient domain.</param>
    /// <param name="site">Its hosts.</param>
    /// <param name="isSecure">The answer that named them was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyDictionary<string, HostPolicy>> FindAsync(string domain, Site site, bool isSecure, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, HostPolicy>(StringComparer.Ordinal);
        // RFC 7672 §2.2.1: whoever can forge the MX records can name a host of his own, with records of its own.
        if (!isSecure || !options.IsTrusted)
            return found;
        var answers = await Task.WhenAll(site.Hosts.Select(async host => (host, Answer: await FindAsync(host, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach (var (host, answer) in answers)
        {
            if (answer is { Status: DnsStatus.Failed })
                found[host.Name] = new DaneUnknown(new(TlsFault.DnssecInvalid, $"DANE: {answer.Detail}"));
            else if (answer is { Status: DnsStatus.Found, IsSecure: true })
                found[host.Name] = new DaneHostPolicy(new TlsaSet([.. answer.Records.OfType<TlsaRecord>().Select(Read)]), host.Name, domain, clock);
        }
        return found;
    }

    private async Task<DnsAnswer?> FindAsync(MxHost host, CancellationToken cancellationToken)
    {
        // RFC 7672 §2.2.2: of a host in an unsigned zone they are not asked for; some name servers of those fail at the question.
        var lookup = await addresses.FindAsync(host, cancellationToken).ConfigureAwait(false);
        // Somebody may hold back the addresses now, and let them through in clear a moment later.
        if (lookup.Error == LocalError.DnsUnavailable)
            return new DnsAnswer(DnsStatus.Failed, [], options.ErrorTtl, lookup.Detail ?? host.Name);
        if (!lookup.IsSecure)
            return null;
        return await _cache.GetAsync(FormattableString.Invariant($"_{host.Port}._tcp.{host.Name}"), async name =>
        {
            var answer = await dns.AskAsync(name, QueryType.TLSA).ConfigureAwait(false);
            return (answer, answer.Ttl);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static Tlsa Read(TlsaRecord record) =>
        new((int)record.CertificateUsage, (int)record.Selector, (int)record.MatchingType, [.. record.CertificateAssociationData]);
}
