using EnhancedMta.Batches;
using EnhancedMta.Egresses;
using EnhancedMta.Incidents;
using EnhancedMta.Modes;
using EnhancedMta.Paths;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.TlsPolicies;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Relaying;

/// <summary>Where messages go and by what: site, TLS policy, egress, and so the path. What goes nowhere now is settled here.</summary>
internal sealed class MessageRouting(
    SiteDirectory sites, TlsPolicyDirectory policies, PathDirectory paths, EgressAssignment egresses, WarmUpBudgets budgets, NativeMta native, OutcomeRules rules, IncidentLog incidents)
{
    /// <summary>All goes to Campaign's own MTA: no site, no choice, no limits of ours.</summary>
    /// <returns>Empty when there is no such MTA; its messages are settled then.</returns>
    public IReadOnlyList<LocatedMessage> LocateNative(IReadOnlyList<RelayItem> items, RelayRun run)
    {
        // The setting was taken away while the mode stood: what cannot go waits for either to change.
        if (native.Egress is not { Kind: EgressKind.Smarthost smarthost } egress)
        {
            foreach (var item in items)
                run.Settler.AddWithoutPlace(rules.LocalFault(item, LocalError.EgressFailed, "The mode is native, and EnhancedMta__NativeMta is not set.", run.Expires));
            return [];
        }

        var path = paths.Find(egress, smarthost.Site, NativeMta.Rule);
        return [.. items.Select(item => new LocatedMessage(item with { Path = path.Id.Key }, smarthost.Site, egress, WarmUpBudgets.OtherSites, path))];
    }

    /// <summary>Finds where a domain's messages go. Those that go nowhere are settled.</summary>
    public async Task<IReadOnlyList<LocatedMessage>> LocateAsync(string domain, IReadOnlyList<RelayItem> items, RelayRun run)
    {
        try
        {
            var lookup = await sites.FindAsync(domain, run.Stop).ConfigureAwait(false);
            if (lookup.Site is { } site)
            {
                // Of the domain, not of the site that it shares with others.
                var policy = await policies.FindAsync(domain, lookup, run.Stop).ConfigureAwait(false);
                return await ChooseAsync(items, domain, site, policy, run).ConfigureAwait(false);
            }

            var result = new AttemptResult { Outcome = AttemptOutcome.NotSendable, Error = lookup.Error, Detail = lookup.Detail };
            foreach (var item in items)
                run.Settler.AddWithoutPlace(rules.Of(item, result, null, run.Expires, run.Jitter));
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            // Given back with the batch.
        }

        return [];
    }

    /// <summary>Gives each message its egress. Those that have none now are settled.</summary>
    private async Task<IReadOnlyList<LocatedMessage>> ChooseAsync(IReadOnlyList<RelayItem> items, string domain, Site site, DomainPolicy? policy, RelayRun run)
    {
        var provider = budgets.ProviderOf(site);
        var located = new List<LocatedMessage>(items.Count);
        foreach (var known in items)
        {
            var item = known with { Provider = provider };
            PathHold? soonest = null;
            switch (await egresses.ChooseAsync(domain, provider, run.Lane == Lane.Transactional, item.Egress, HeldUntil, run.Stop).ConfigureAwait(false))
            {
                case EgressDecision.Goes(var egress):
                    var path = paths.Find(egress, site);
                    located.Add(new LocatedMessage(item with { Path = path.Id.Key }, site, egress, provider, path) { Policy = egress.Kind is EgressKind.Smarthost ? null : policy });
                    break;
                case EgressDecision.Waits(var until, var why):
                    run.Settler.AddWithoutPlace(OutcomeRules.PathWaits(item, soonest is { } hold && hold.Until == until ? hold : new PathHold(until, why), run.Expires, null, null) with { Provider = provider, Limit = "egress" });
                    break;
                default:
                    const string NoEgress = "No egress is for this domain: look at IncludeDomains and ExcludeDomains of the egresses.";
                    await incidents.RaiseAsync("egress", domain, NoEgress, run.Stop).ConfigureAwait(false);
                    run.Settler.AddWithoutPlace(rules.LocalFault(item, LocalError.EgressFailed, NoEgress, run.Expires) with { Provider = provider });
                    break;
            }

            // The path knows why better than the choice does.
            DateTimeOffset? HeldUntil(Egress egress)
            {
                var held = paths.Find(egress, site).RecentHold;
                if (held is not null && (soonest is null || held.Until < soonest.Until))
                    soonest = held;
                return held?.Until;
            }
        }

        return located;
    }
}
