using System.Collections.Concurrent;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.Paths;

/// <summary>The paths that this process uses.</summary>
public sealed class PathDirectory : IDisposable
{
    private readonly PathTable _table;
    private readonly SmtpPool _pool;
    private readonly Func<MxRuleSet> _rules;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly PathController _controller;
    private readonly ProcessLife _life;
    private int _holders;
    private readonly ConcurrentDictionary<string, PathUse> _uses = new(StringComparer.Ordinal);

    internal PathDirectory(PathTable table, ProcessLife life, SmtpPool pool, Func<MxRuleSet> rules, TimeProvider clock, Random random)
    {
        (_table, _life, _pool, _rules, _clock, _random, _controller) = (table, life, pool, rules, clock, random, new PathController(random));
        _life.Late += () => CloseWhenLate();
    }

    internal IEnumerable<PathUse> InUse => _uses.Values;

    /// <summary>The path from an egress to a site, by the rule that holds now.</summary>
    internal PathUse Find(Egress egress, Site site)
    {
        site = egress.Destination(site);
        return Find(egress, site, _rules().Find(site, egress.PublicId));
    }

    /// <summary>The path from an egress to a site, by a given rule.</summary>
    internal PathUse Find(Egress egress, Site site, MxRule rule)
    {
        var key = LimitKey.Of(rule, site, egress.PublicId);
        var use = _uses.GetOrAdd(key, _ => new PathUse(
            new PathId(key, rule.Shared ? "all egresses" : egress.ToString(), rule.Scope == LimitScope.Rule ? rule.Id : site.Name),
            _pool.AddPath(), _table, _controller, _life, Interlocked.Increment(ref _holders), _clock, _random)
        { Rule = rule });
        if (use.Rule != rule)
            use.Rule = rule;
        return use;
    }

    /// <summary>Closes what is idle when others may soon take this process for dead, and cuts off the rest when they are about to. Nothing begins then.</summary>
    /// <returns>Connections that it had.</returns>
    internal int CloseWhenLate()
    {
        // Once: it may live again the moment after.
        var (isTrusted, isEnding) = (_life.IsTrusted, _life.IsEnding);
        return isTrusted ? 0 : _uses.Values.Sum(use => use.CloseWhenLate(isEnding));
    }

    public void Dispose()
    {
        foreach (var use in _uses.Values)
            use.Dispose();
    }

    /// <summary>Lets go of paths that were not used for a while.</summary>
    internal void Forget()
    {
        foreach (var (key, use) in _uses)
        {
            if (use.IsForgotten && _uses.TryRemove(KeyValuePair.Create(key, use)))
                _pool.RemovePath(use.Connections);
        }
    }
}
