using System.Collections.Concurrent;
using Azure;
using DnsClient;
using DnsClient.Protocol;
using EnhancedMta.Sites;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.TlsPolicies;

/// <summary>A domain's policy in force, or why one that it announces is not; both null when it announces none.</summary>
internal sealed record StsLookup(StsPolicy? Policy, TlsFailure? Failure)
{
    public static StsLookup None { get; } = new(null, null);
}

/// <summary>Finds domains' MTA-STS policies (RFC 8461 §5.1), from memory, storage, or their hosts.</summary>
internal sealed partial class StsPolicies(DnsRecords dns, StsFetch fetch, StsStore store, TlsPolicyOptions options, DnsOptions dnsOptions, TimeProvider clock, ILogger<StsPolicies> logger) : IDisposable
{
    // What other processes fetched is seen within this.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(10);

    private readonly TtlCache<StsLookup> _cache = new(clock, dnsOptions.CacheCapacity);
    private readonly ConcurrentDictionary<string, KnownPolicy> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _read = DateTimeOffset.MinValue;
    private DateTimeOffset _newest = DateTimeOffset.UnixEpoch;

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<StsLookup> FindAsync(string domain, CancellationToken cancellationToken) => _cache.GetAsync(domain, LookUpAsync, cancellationToken);

    public void Dispose() => _turn.Dispose();

    // Steps: is one announced; do we have that one, and is it fresh; if not, fetch it; whatever fails, what was known goes on until its end.
    private async Task<(StsLookup, TimeSpan)> LookUpAsync(string domain)
    {
        await ReadStoreAsync().ConfigureAwait(false);
        var answer = await dns.AskAsync($"_mta-sts.{domain}", QueryType.TXT).ConfigureAwait(false);
        var id = StsPolicyReader.Id(answer.Records.OfType<TxtRecord>().Select(record => string.Concat(record.Text)));
        var now = clock.GetUtcNow();
        var known = _known.GetValueOrDefault(domain) is { } found && found.Expires > now ? found : null;
        if (id is null || (known is not null && known.Id == id && now - known.Fetched < options.RefreshAfter))
            return (known is null ? StsLookup.None : new(known.Policy, null), Until(known, answer.Ttl, now));

        var (policy, failure) = await fetch.FetchAsync(domain).ConfigureAwait(false);
        if (policy is null)
        {
            LogNotFetched(domain, failure!.Detail);
            return (new(known?.Policy, known is null ? failure : null), Until(known, options.FetchAgainAfter, now));
        }

        known = new KnownPolicy(domain, id, policy, now);
        _known[domain] = known;
        try
        {
            await store.WriteAsync(known, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RequestFailedException e)
        {
            // It holds in this process; another fetches it anew.
            LogNotKept(e, domain);
        }
        return (new(policy, null), Until(known, answer.Ttl, now));
    }

    private async Task ReadStoreAsync()
    {
        if (clock.GetUtcNow() - _read < LookAgainAfter)
            return;
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var now = clock.GetUtcNow();
            if (now - _read < LookAgainAfter)
                return;
            // Clocks of processes differ a little.
            foreach (var policy in await store.ReadSinceAsync(_newest - LookAgainAfter, CancellationToken.None).ConfigureAwait(false))
            {
                _known.AddOrUpdate(policy.Domain, policy, (_, old) => old.Fetched > policy.Fetched ? old : policy);
                _newest = policy.Fetched > _newest ? policy.Fetched : _newest;
                if (policy.Expires <= now)
                    await store.ForgetAsync(policy, CancellationToken.None).ConfigureAwait(false);
            }
            foreach (var old in _known.Where(pair => pair.Value.Expires <= now))
                _known.TryRemove(old);
            _read = now;
        }
        catch (RequestFailedException e)
        {
            // What domains publish now still holds.
            LogNotRead(e);
            _read = clock.GetUtcNow() - LookAgainAfter + TimeSpan.FromMinutes(1);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static TimeSpan Until(KnownPolicy? known, TimeSpan ttl, DateTimeOffset now) =>
        known is not null && known.Expires - now < ttl ? known.Expires - now : ttl;

    [LoggerMessage(Level = LogLevel.Information, Message = "The policy of {Domain} cannot be had: {Detail}")]
    private partial void LogNotFetched(string domain, string detail);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stored policies could not be read.")]
    private partial void LogNotRead(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The policy of {Domain} could not be stored.")]
    private partial void LogNotKept(Exception exception, string domain);
}
