using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Paths.Leases;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>Looking at paths, and acting on them as an operator.</summary>
public sealed class PathOperations
{
    private const int MaxTries = 20;

    private readonly PathTable _table;
    private readonly ProcessLife _life;
    private readonly Func<MxRuleSet> _rules;
    private readonly TimeProvider _clock;

    internal PathOperations(PathTable table, ProcessLife life, Func<MxRuleSet> rules, TimeProvider clock) => (_table, _life, _rules, _clock) = (table, life, rules, clock);

    /// <summary>All paths that were used, those that are not in their normal state first.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyList<PathOverview>> ListAsync(CancellationToken cancellationToken)
    {
        var paths = new List<PathOverview>();
        await foreach (var row in _table.ListAsync(cancellationToken).ConfigureAwait(false))
            paths.Add(await OverviewAsync(row, isWaitedFor: false, cancellationToken).ConfigureAwait(false));
        return [.. paths.OrderBy(p => p.Binds is null && p.Mode == PathMode.Normal).ThenByDescending(p => p.Planned).ThenBy(p => p.Site, StringComparer.Ordinal)];
    }

    /// <param name="key">The path's.</param>
    /// <param name="moves">How many of its last moves are told.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="isWaitedFor">Somebody is known to wait for its connections, whether or not its row tells.</param>
    /// <returns>Null for a path that was never used.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<(PathOverview Path, IReadOnlyList<PathMove> Moves)?> FindAsync(string key, int moves, CancellationToken cancellationToken, bool isWaitedFor = false)
    {
        var row = await _table.ReadAsync(new PathId(key, "", ""), cancellationToken).ConfigureAwait(false);
        if (row.IsNew)
            return null;
        return (await OverviewAsync(row, isWaitedFor, cancellationToken).ConfigureAwait(false), moves == 0 ? [] : await _table.MovesAsync(row.Id, moves, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What a party's messages that wait for limits wait for, path by path.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    internal async Task<IReadOnlyList<PathForecast>> ForecastAsync(Party party, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var forecasts = new List<PathForecast>();
        await foreach (var row in _table.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            var (planned, last) = row.Slices.PlannedOf(party);
            DateTimeOffset? finish = planned > 0 && last is { } slice && slice.End > now ? slice.End : null;
            if ((finish ?? (row.Lines.TryGetValue(party.Id, out var end) && end > now ? end : null)) is not { } at)
                continue;
            var overview = await OverviewAsync(row, isWaitedFor: false, cancellationToken).ConfigureAwait(false);
            forecasts.Add(new PathForecast(row.Id.Key, row.Id.Egress, row.Id.Site, finish is null ? null : planned, at, overview.Binds, overview.Bounds));
        }

        return [.. forecasts.OrderByDescending(f => f.Finish)];
    }

    /// <summary>Acts on a path. Every process obeys when it looks at the path again, within seconds.</summary>
    /// <param name="key">The path's.</param>
    /// <param name="action">From its state, its rule and the time to its next state.</param>
    /// <param name="isDryRun">Nothing is changed.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The path before and after, and the moves that were made, or would be; null for a path that was never used.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<(PathOverview Before, PathOverview After, IReadOnlyList<PathMove> Moves)?> ActAsync(
        string key, Func<PathControl, MxRule, DateTimeOffset, PathStep> action, bool isDryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(action);
        for (var tries = 1; ; tries++)
        {
            var row = await _table.ReadAsync(new PathId(key, "", ""), cancellationToken).ConfigureAwait(false);
            if (row.IsNew)
                return null;
            var (now, rule) = (_clock.GetUtcNow(), RuleOf(row));
            var lives = await _life.OthersAsync(row.Leases, cancellationToken).ConfigureAwait(false);
            var before = PathOverview.Of(row, rule, now, lives);
            var step = action(row.Control, rule, now);
            var after = row.With(step) with { Changed = now };
            if (isDryRun || step.Moves.Count == 0 || await _table.WriteAsync(after, after.RowsOf(step), cancellationToken).ConfigureAwait(false) is not null)
                return (before, PathOverview.Of(after, rule, now, lives), step.Moves);
            if (tries == MaxTries)
                throw new Azure.RequestFailedException(412, $"The row of {row.Id} was changed by others at each of {MaxTries} tries.");
        }
    }

    private async Task<PathOverview> OverviewAsync(PathRow row, bool isWaitedFor, CancellationToken cancellationToken) =>
        PathOverview.Of(row, RuleOf(row), _clock.GetUtcNow(), await _life.OthersAsync(row.Leases, cancellationToken).ConfigureAwait(false), isWaitedFor);

    private MxRule RuleOf(PathRow row)
    {
        var rules = _rules().Rules;
        return rules.FirstOrDefault(r => r.Id == row.Rule) ?? rules[^1];
    }
}
