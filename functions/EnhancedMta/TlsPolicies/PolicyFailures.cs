using System.Collections.Concurrent;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.TlsPolicies;

/// <summary>Domains whose policy just forbade all hosts of their site: their next messages need not find it out by connections of their own.</summary>
internal sealed class PolicyFailures(TlsPolicyOptions options, TimeProvider time)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(string Domain, string Site), (AttemptResult Result, long Until)> _failures = new();

    public void Add(DomainPolicy policy, Site site, AttemptResult result)
    {
        if (_failures.Count >= Capacity)
            _failures.Clear();
        // What was seen once is reported once.
        _failures[(policy.Domain, site.Key)] = (result with { TlsSessions = [], Duration = TimeSpan.Zero }, time.GetTimestamp() + (long)(options.RememberFailureFor.TotalSeconds * time.TimestampFrequency));
    }

    public AttemptResult? Find(DomainPolicy? policy, Site site)
    {
        if (policy is not { IsEnforced: true } || !_failures.TryGetValue((policy.Domain, site.Key), out var failure))
            return null;
        if (failure.Until > time.GetTimestamp())
            return failure.Result;
        _failures.TryRemove(KeyValuePair.Create((policy.Domain, site.Key), failure));
        return null;
    }
}
