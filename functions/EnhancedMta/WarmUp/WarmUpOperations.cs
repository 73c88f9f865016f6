using EnhancedMta.Egresses;

namespace EnhancedMta.WarmUp;

/// <summary>An egress's warm-up with a provider before and after somebody set it.</summary>
/// <param name="Provider">Or <see cref="WarmUpTable.Others"/>.</param>
/// <param name="Before">As it was today.</param>
/// <param name="After">As it is, or would be.</param>
public sealed record WarmUpChange(string Provider, WarmUpState Before, WarmUpState After);

/// <summary>Looking at warm-ups, and setting them.</summary>
public sealed class WarmUpOperations(WarmUpTable table, WarmUpBudgets budgets, WarmUpSchedule schedule, TimeProvider clock)
{
    /// <summary>All that were ever used, as they are today.</summary>
    public async Task<ILookup<int, (string Provider, WarmUpState State)>> ListAsync(CancellationToken cancellationToken)
    {
        var rows = await table.AllAsync(cancellationToken).ConfigureAwait(false);
        var today = Today();
        return rows.ToLookup(row => row.PublicId, row => (row.Provider, row.State.At(today, schedule)));
    }

    /// <summary>Sets a day, or declares warm.</summary>
    /// <param name="egress">Which.</param>
    /// <param name="provider">With whom; null for all that there are, and those to come.</param>
    /// <param name="day">Of the schedule; null for warm.</param>
    /// <param name="isDryRun">Say what it would change, and change nothing.</param>
    /// <param name="cancellationToken">May leave some set and others not; the same again sets the rest.</param>
    public async Task<IReadOnlyList<WarmUpChange>> SetAsync(Egress egress, string? provider, int? day, bool isDryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(egress);
        string[] providers = [provider ?? WarmUpTable.Others];
        if (provider is null)
            providers = [.. providers, .. (await ListAsync(cancellationToken).ConfigureAwait(false))[egress.PublicId].Select(row => row.Provider).Where(p => p != WarmUpTable.Others)];
        var changes = new List<WarmUpChange>();
        foreach (var each in providers)
            changes.Add(await SetOneAsync(egress, each, day, isDryRun, cancellationToken).ConfigureAwait(false));
        budgets.Forget(egress.PublicId);
        return changes;
    }

    private async Task<WarmUpChange> SetOneAsync(Egress egress, string provider, int? day, bool isDryRun, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await table.FindAsync(egress.PublicId, provider, cancellationToken).ConfigureAwait(false);
            var others = row is null ? await table.FindAsync(egress.PublicId, WarmUpTable.Others, cancellationToken).ConfigureAwait(false) : null;
            var before = (row?.State ?? BudgetExchange.New(others?.State, Today())).At(Today(), schedule).WithAddress(egress.Address?.ToString(), Today());
            var isSet = before.IsWarm ? day is null : before.Day == day;
            var after = isSet ? before : before.Set(day, Today());
            if (isDryRun || (isSet && row is not null)
                || (await table.WriteAsync(egress.PublicId, provider, after, row?.ETag ?? default, cancellationToken).ConfigureAwait(false)).IsWritten)
                return new WarmUpChange(provider, before, after);
        }
    }

    private DateOnly Today() => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
}
