using DnsClient;
using DnsClient.Protocol;

namespace EnhancedMta.Sites;

internal enum DnsStatus
{
    Found,
    /// <summary>The name exists, without records of this type (RFC 2308 §2.2).</summary>
    NoData,
    NoSuchName,
    /// <summary>SERVFAIL, REFUSED, time-out, malformed answer.</summary>
    Failed,
}

/// <summary>An answer; how long it may be kept, within the options' bounds; and the question with what came back, for the log.</summary>
internal sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<DnsResourceRecord> Records, TimeSpan Ttl, string Detail)
{
    /// <summary>No server said anything that could be read.</summary>
    public bool IsSilent { get; init; }

    /// <summary>A validating resolver that we trust found its signatures good, aliases included.</summary>
    public bool IsSecure { get; init; }
}

/// <summary>Asks the DNS: one place that knows what its answers mean and how many questions may be open.</summary>
public sealed class DnsRecords(ILookupClient client, DnsOptions options) : IDisposable
{
    private int _asked;
    private readonly SemaphoreSlim _gate = new(options.MaxConcurrentQuestions);

    /// <summary>Never fails: what goes wrong is <see cref="DnsStatus.Failed"/>.</summary>
    internal async Task<DnsAnswer> AskAsync(string name, QueryType type)
    {
        await _gate.WaitAsync();
        try
        {
            // They share the load, and one that does not know better than to fail has another behind it. What a server does know is asked
            // of no second one. Silence is worth another round; a failure that was said is not.
            NameServer[] servers = [.. client.NameServers];
            if (servers.Length == 0)
                return new(DnsStatus.Failed, [], options.ErrorTtl, $"{type} {name}: no name server is known");
            var first = (int)((uint)Interlocked.Increment(ref _asked) % (uint)servers.Length);
            for (var round = 0; ; round++)
            {
                DnsAnswer? answer = null;
                var isAnySilent = false;
                for (var i = 0; i < servers.Length; i++)
                {
                    answer = await AskAsync(servers[(first + i) % servers.Length], name, type);
                    if (answer.Status != DnsStatus.Failed)
                        return answer;
                    isAnySilent |= answer.IsSilent;
                }
                if (round == options.Retries || !isAnySilent)
                    return answer!;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<DnsAnswer> AskAsync(NameServer server, string name, QueryType type)
    {
        try
        {
            var response = await client.QueryServerAsync([server], name, type);
            return Read(response, name, type) with { IsSecure = options.IsTrusted && response.Header.IsAuthenticData };
        }
        catch (ArgumentException)
        {
            // A label too long or empty: no such name can be in the DNS.
            return new(DnsStatus.NoSuchName, [], options.MaxTtl, $"{type} {name}: not a valid domain name");
        }
        // The client lets through what its sockets and parsers throw, of many types.
        catch (Exception fault)
        {
            return new(DnsStatus.Failed, [], options.ErrorTtl, $"{type} {name}: {fault.Message}") { IsSilent = true };
        }
    }

    private DnsAnswer Read(IDnsQueryResponse response, string name, QueryType type)
    {
        DnsResourceRecord[] records = [.. response.Answers.Where(record => (int)record.RecordType == (int)type)];
        return response.Header.ResponseCode switch
        {
            DnsHeaderResponseCode.NoError when records.Length > 0 =>
                new(DnsStatus.Found, records, Bounded(response.Answers.Min(record => record.InitialTimeToLive)), $"{type} {name}: {records.Length} found"),
            DnsHeaderResponseCode.NoError => new(DnsStatus.NoData, [], NegativeTtl(response), $"{type} {name}: none"),
            DnsHeaderResponseCode.NotExistentDomain => new(DnsStatus.NoSuchName, [], NegativeTtl(response), $"{type} {name}: NXDOMAIN"),
            var code => new(DnsStatus.Failed, [], options.ErrorTtl, $"{type} {name}: {code}"),
        };
    }

    // RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM field.
    private TimeSpan NegativeTtl(IDnsQueryResponse response) =>
        response.Authorities.OfType<SoaRecord>().FirstOrDefault() is { } soa
            ? Bounded(Math.Min(soa.InitialTimeToLive, soa.Minimum))
            : options.MinTtl;

    private TimeSpan Bounded(long seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, options.MinTtl.TotalSeconds, options.MaxTtl.TotalSeconds));
}
