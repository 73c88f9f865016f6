using System.Collections.Concurrent;
using EnhancedMta.Providers;
using EnhancedMta.Sites;

namespace EnhancedMta.MxRules;

/// <summary>
/// MX rules in their order, the last of which is generic; the first that applies holds. Each has the generic rule's triggers besides its own,
/// except where it has one of the same id.
/// </summary>
public sealed class MxRuleSet
{
    private readonly ProviderDirectory _providers;
    private readonly ConcurrentDictionary<string, MxRule[]> _known = new(StringComparer.Ordinal);
    private int _count;

    /// <exception cref="ArgumentException">The last rule is not for all.</exception>
    internal MxRuleSet(IReadOnlyList<MxRule> rules, string version, ProviderDirectory providers)
    {
        if (rules.Count == 0 || !rules[^1].IsForAll)
            throw new ArgumentException("The last rule must be for all sites and egresses.", nameof(rules));
        _providers = providers;
        Version = version;
        var general = rules[^1].Triggers.Select(trigger => trigger with { IsGeneral = true }).ToList();
        Rules =
        [
            .. rules.SkipLast(1).Select(rule => rule with { Triggers = [.. rule.Triggers, .. general.Where(g => rule.Triggers.All(own => own.Id != g.Id))] }),
            rules[^1],
        ];
    }

    /// <summary>Twelve hexadecimal digits that change with any rule.</summary>
    public string Version { get; }

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<MxRule> Rules { get; }

    /// <summary>Ids of those that are a user's.</summary>
    public IReadOnlySet<string> Users { get; internal init; } = new HashSet<string>();

    /// <summary>Sites of which it is remembered which rules apply.</summary>
    internal int MaxKnown { get; init; } = 50_000;

    /// <summary>The first rule that applies: of whose masks or provider each MX host of the site is, and in whose range the egress is.</summary>
    public MxRule Find(Site site, int publicId)
    {
        ArgumentNullException.ThrowIfNull(site);
        foreach (var rule in RulesFor(site))
        {
            if (rule.PublicIds is not { } range || range.Contains(publicId))
                return rule;
        }
        // The last one has no range.
        return Rules[^1];
    }

    /// <summary>Those that hold for some egress, up to the first that holds for all.</summary>
    internal IReadOnlyList<MxRule> RulesFor(Site site)
    {
        if (_known.TryGetValue(site.Key, out var known))
            return known;
        // Rare enough that all are found again.
        if (Interlocked.Increment(ref _count) > MaxKnown)
        {
            _known.Clear();
            Interlocked.Exchange(ref _count, 0);
        }
        return _known[site.Key] = Search(site);
    }

    private MxRule[] Search(Site site)
    {
        var found = new List<MxRule>();
        var providers = site.Hosts.Select(host => _providers.Find(host.Name)?.Name).Distinct().ToList();
        var provider = providers.Count == 1 ? providers[0] : null;
        foreach (var rule in Rules)
        {
            if (rule.Provider is { } asked ? asked != provider : rule.MxMasks.Count > 0 && !site.Hosts.All(host => rule.MxMasks.Any(mask => HostMask.Matches(mask, host.Name))))
                continue;
            found.Add(rule);
            if (rule.PublicIds is null)
                break;
        }
        return [.. found];
    }
}
