using EnhancedMta.Egresses;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.TlsReports;

namespace EnhancedMta.TlsPolicies;

/// <summary>What recipient domains ask of TLS: their policies, one over the other.</summary>
public sealed class TlsPolicyDirectory
{
    private readonly StsPolicies _sts;
    private readonly DanePolicies _dane;
    private readonly ReportTargets _targets;
    private readonly PolicyFailures _failures;
    private readonly TlsTally _tally;

    internal TlsPolicyDirectory(StsPolicies sts, DanePolicies dane, ReportTargets targets, PolicyFailures failures, TlsTally tally) =>
        (_sts, _dane, _targets, _failures, _tally) = (sts, dane, targets, failures, tally);

    /// <summary>Null for a domain that publishes nothing, as most do, or whose hosts an operator chose.</summary>
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="lookup">Where its mail goes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<DomainPolicy?> FindAsync(string domain, SiteLookup lookup, CancellationToken cancellationToken)
    {
        // An operator's route is not what the domain published a policy for.
        if (lookup.Site is not { } site || site.Hosts.Any(host => host.IsRouted))
            return null;
        var (forSts, forDane, forReports) = (_sts.FindAsync(domain, cancellationToken), _dane.FindAsync(domain, site, lookup.IsSecure, cancellationToken), _targets.FindAsync(domain, cancellationToken));
        await Task.WhenAll(forSts, forDane, forReports).ConfigureAwait(false);
        var announced = await forSts.ConfigureAwait(false);
        var hosts = new Dictionary<string, HostPolicy>(StringComparer.Ordinal);
        foreach (var host in site.Hosts)
        {
            if (announced.Policy is { Mode: not StsMode.None } policy)
                hosts[host.Name] = new StsHostPolicy(policy, host.Name);
            else if (announced.Failure is { } failure)
                hosts[host.Name] = new StsWithoutPolicy(failure);
        }
        // RFC 8461 §2: MTA-STS must not override DANE.
        foreach (var (host, policy) in await forDane.ConfigureAwait(false))
            hosts[host] = policy;
        var isReported = (await forReports.ConfigureAwait(false)).Count > 0;
        return hosts.Count > 0 || isReported ? new DomainPolicy(domain, hosts, isReported) : null;
    }

    /// <summary>What came of it when mail of the domain was last tried, if its policy forbade all hosts a moment ago.</summary>
    internal AttemptResult? RecentFailure(DomainPolicy? policy, Site site) => _failures.Find(policy, site);

    /// <summary>What came of a try, for the next ones and for the domain's report.</summary>
    internal void Tell(DomainPolicy? policy, Site site, Egress egress, AttemptResult result)
    {
        _tally.Add(policy, egress, result.TlsSessions);
        if (policy is not null && result.IsPolicyFailure)
            _failures.Add(policy, site, result);
    }
}
