using System.Globalization;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Paths;
using EnhancedMta.Providers;
using EnhancedMta.Sites;

namespace EnhancedMta.Explain;

/// <summary>Follows a domain's mail as the relay would: MX, site, provider, egress, rule, path.</summary>
public sealed class SiteExplainer(
    SiteDirectory sites, ProviderDirectory providers, EgressChoice egresses, EgressHealth health, Func<MxRuleSet> rules, PathOperations paths)
{
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="isWaitedFor">A message is in a process's hands, or in a queue: should all connections be taken, it waits for one.</param>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<SiteExplanation> ExplainAsync(string domain, CancellationToken cancellationToken, bool isWaitedFor = false)
    {
        var lookup = await sites.FindAsync(domain, cancellationToken).ConfigureAwait(false);
        if (lookup.Site is not { } site)
            return new SiteExplanation
            {
                Domain = domain,
                Error = lookup.Error?.ToString(),
                Detail = lookup.Detail,
                Says = [$"{domain} has no mail host that can be used: {lookup.Detail}."],
            };

        var set = rules();
        var ways = new List<ExplainedEgress>();
        foreach (var egress in egresses.All)
            ways.Add(await WayAsync(egress, site, domain, set, isWaitedFor, cancellationToken).ConfigureAwait(false));
        var names = site.Hosts.Select(host => providers.Find(host.Name)?.Label).Distinct().ToList();
        var explanation = new SiteExplanation
        {
            Domain = domain,
            Mx = [.. site.Hosts.Select(host => new ExplainedHost(host.Name, host.Preference, host.Port))],
            IsRouted = site.Hosts.Any(host => host.IsRouted),
            Site = site.Key,
            Provider = names.Count == 1 ? names[0] : null,
            Egresses = ways,
        };
        return explanation with { Says = [.. Sentences(explanation, site)] };
    }

    private async Task<ExplainedEgress> WayAsync(Egress egress, Site site, string domain, MxRuleSet set, bool isWaitedFor, CancellationToken cancellationToken)
    {
        var destination = egress.Destination(site);
        var rule = set.Find(destination, egress.PublicId);
        var path = await paths.FindAsync(LimitKey.Of(rule, destination, egress.PublicId), moves: 0, cancellationToken, isWaitedFor).ConfigureAwait(false);
        var kind = egress.Kind switch { EgressKind.Socks5 => "socks5", EgressKind.Smarthost => "smarthost", _ => "direct" };
        return new ExplainedEgress(
            egress.PublicId, egress.HeloHost, kind, egress.Allows(domain), health.Find(egress)?.Detail,
            new ExplainedRule(
                rule.Id, set.Users.Contains(rule.Id) ? "user" : "built-in", rule.Scope == LimitScope.Rule ? "all sites of the rule" : "this site",
                rule.MaxConnections, rule.MaxMessagesPerConnection, rule.MessagesPerHour, rule.Why),
            path?.Path);
    }

    private static IEnumerable<string> Sentences(SiteExplanation site, Site hosts)
    {
        yield return site.IsRouted ? $"Mail for {site.Domain} goes to {hosts.Name}, as a route of the settings says."
            : $"Mail for {site.Domain} goes to {hosts.Name}{(site.Provider is { } provider ? $", which is {provider}" : "")}.";
        foreach (var way in site.Egresses)
        {
            var rule = string.Create(CultureInfo.InvariantCulture,
                $"MX rule {way.Rule.Id} ({way.Rule.Source}) allows {way.Rule.MaxConnections} connections{(way.Rule.MessagesPerHour is { } hourly ? $" and {hourly} messages per hour" : "")}");
            yield return way.Binds is { } binds ? $"By egress {way.PublicId}: {rule}; now {binds}."
                : way.Path is { Limits.Because: not Paths.Adaptation.LimitReason.Rule } path
                    ? string.Create(CultureInfo.InvariantCulture, $"By egress {way.PublicId}: {rule}; its replies hold it at {path.Limits.Connections} connections{(path.Limits.MessagesPerHour is { } lower ? $" and {lower} messages per hour" : "")}.")
                    : $"By egress {way.PublicId}: {rule}; nothing holds it back.";
        }
    }
}
