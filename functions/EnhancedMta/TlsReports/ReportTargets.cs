using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Sites;

namespace EnhancedMta.TlsReports;

/// <summary>Where domains want to hear how TLS did: <c>mailto:</c> and <c>https:</c> URIs of the TXT record at <c>_smtp._tls</c> (RFC 8460 §3).</summary>
internal sealed class ReportTargets(DnsRecords dns, DnsOptions dnsOptions, TlsReportOptions options, TimeProvider time)
{
    // More would make us a tool for floods.
    private const int MaxTargets = 4;

    private readonly TtlCache<IReadOnlyList<Uri>> _cache = new(time, dnsOptions.CacheCapacity);

    /// <summary>Empty when the domain wants none, or we send none.</summary>
    public Task<IReadOnlyList<Uri>> FindAsync(string domain, CancellationToken cancellationToken) =>
        options.IsOn ? _cache.GetAsync(domain, LookUpAsync, cancellationToken) : Task.FromResult<IReadOnlyList<Uri>>([]);

    /// <summary>The targets of the domain's TXT records, the strings of each joined.</summary>
    public static IReadOnlyList<Uri> Read(IEnumerable<string> records)
    {
        // RFC 8460 §3: of several records none counts.
        string[] found = [.. records.Where(record => record.StartsWith("v=TLSRPTv1", StringComparison.Ordinal) && (record.Length == 10 || record[10] is ';' or ' '))];
        if (found.Length != 1)
            return [];
        var field = found[0].Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(f => f.StartsWith("rua=", StringComparison.Ordinal));
        return [.. (field?[4..] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "mailto" or "https" } ? uri : null)
            .OfType<Uri>().Take(MaxTargets)];
    }

    private async Task<(IReadOnlyList<Uri>, TimeSpan)> LookUpAsync(string domain)
    {
        var answer = await dns.AskAsync($"_smtp._tls.{domain}", QueryType.TXT).ConfigureAwait(false);
        return (Read(answer.Records.OfType<TxtRecord>().Select(record => string.Concat(record.Text))), answer.Ttl);
    }
}
