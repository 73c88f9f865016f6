using EnhancedMta.Providers;
using EnhancedMta.Sites;

namespace EnhancedMta.MxRules;

/// <summary>
/// What would hold elsewhere, or otherwise, under another set of rules: for each provider, for the masks of both sets, for sites that are
/// known, and for all others. An egress' public id may decide too, so a change says for which ids.
/// </summary>
public sealed class MxRuleComparison(MxRuleSet before, MxRuleSet after, ProviderDirectory providers)
{
    /// <summary>Providers first, then masks, then all others, then sites by name.</summary>
    public IReadOnlyList<MxRuleChange> Changes(IEnumerable<Site> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        var named = providers.All.SelectMany(p => p.MxMasks).Select(mask => mask.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. providers.All.SelectMany(ChangesOf),
            .. before.Rules.Concat(after.Rules).SelectMany(rule => rule.MxMasks).Distinct(StringComparer.Ordinal).Where(mask => !named.Contains(mask))
                .SelectMany(mask => ChangesAt(Example(mask)).Select(change => new MxRuleChange(MxRulePlace.Mx, mask, [mask], change.PublicIds, change.From, change.To))),
            // A name that no mask of a host would have.
            .. ChangesAt(Example("invalid")).Select(change => new MxRuleChange(MxRulePlace.Others, "all others", [], change.PublicIds, change.From, change.To)),
            .. known.OrderBy(site => site.Name, StringComparer.Ordinal)
                .SelectMany(site => ChangesAt(site).Select(change => new MxRuleChange(MxRulePlace.Site, site.Name, [.. site.Hosts.Select(host => host.Name)], change.PublicIds, change.From, change.To))),
        ];
    }

    // Rules may tell a provider's masks apart: those with the same change stand together.
    private IEnumerable<MxRuleChange> ChangesOf(Provider provider) =>
        provider.MxMasks.SelectMany(mask => ChangesAt(Example(mask)).Select(change => (Mask: mask, Change: change)))
            .GroupBy(each => each.Change)
            .Select(same => new MxRuleChange(MxRulePlace.Provider, provider.Name, [.. same.Select(each => each.Mask)], same.Key.PublicIds, same.Key.From, same.Key.To));

    private IEnumerable<(PublicIdRange? PublicIds, MxRule From, MxRule To)> ChangesAt(Site site)
    {
        // Between two of these nothing differs.
        var starts = before.RulesFor(site).Concat(after.RulesFor(site)).Select(rule => rule.PublicIds).OfType<PublicIdRange>()
            .SelectMany(range => range.Last == int.MaxValue ? [range.First] : new[] { range.First, range.Last + 1 })
            .Append(1).Distinct().Order().ToList();
        (PublicIdRange Ids, MxRule From, MxRule To)? open = null;
        for (var i = 0; i < starts.Count; i++)
        {
            var (from, to) = (before.Find(site, starts[i]), after.Find(site, starts[i]));
            var last = i + 1 < starts.Count ? starts[i + 1] - 1 : int.MaxValue;
            if (open is { } same && ReferenceEquals(same.From, from) && ReferenceEquals(same.To, to))
            {
                open = same with { Ids = same.Ids with { Last = last } };
                continue;
            }
            if (open is { } closed && !closed.From.LimitsAs(closed.To))
                yield return (Whole(closed.Ids), closed.From, closed.To);
            open = (new PublicIdRange(starts[i], last), from, to);
        }
        if (open is { } end && !end.From.LimitsAs(end.To))
            yield return (Whole(end.Ids), end.From, end.To);
    }

    private static PublicIdRange? Whole(PublicIdRange ids) => ids is { First: 1, Last: int.MaxValue } ? null : ids;

    private static Site Example(string mask) => Site.Of([new MxHost(HostMask.ExampleOf(mask), 10, 25)]);
}

public enum MxRulePlace
{
    /// <summary>Of <c>providers.json</c>.</summary>
    Provider,
    /// <summary>A mask that a rule names.</summary>
    Mx,
    /// <summary>Hosts that nobody named.</summary>
    Others,
    /// <summary>A set of MX hosts that the process knows from the DNS or the routes.</summary>
    Site,
}

/// <param name="Place">What <paramref name="Name"/> is.</param>
/// <param name="Name">For people.</param>
/// <param name="Mx">Masks, or hosts of the site.</param>
/// <param name="PublicIds">For which egresses; null for all.</param>
/// <param name="From">What holds.</param>
/// <param name="To">What would hold.</param>
public sealed record MxRuleChange(MxRulePlace Place, string Name, IReadOnlyList<string> Mx, PublicIdRange? PublicIds, MxRule From, MxRule To);
