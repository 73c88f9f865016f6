using Azure;

namespace EnhancedMta.WarmUp;

/// <summary>Changes a pack's row, and tells with each change what the process has to tell.</summary>
internal sealed class BudgetExchange(WarmUpTable table, WarmUpSchedule schedule, TimeProvider clock)
{
    private const int ManyTries = 30;

    /// <summary>Reads where that is needed, changes, and writes; again when others were first. Within the pack's gate.</summary>
    /// <param name="pack">Whose row.</param>
    /// <param name="change">From the state of today to what it should be; the same object for nothing to write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state as it is now.</returns>
    /// <exception cref="RequestFailedException">Storage is away; whether the change was made is not known.</exception>
    public async Task<WarmUpState> ChangeAsync(BudgetPack pack, Func<WarmUpState, DateTimeOffset, WarmUpState> change, CancellationToken cancellationToken)
    {
        var (counts, since) = pack.TakePending();
        try
        {
            var mine = pack.Known;
            var known = pack.IsShared ? null : mine;
            var isFresh = false;
            for (var tries = 0; tries < ManyTries; tries++)
            {
                if (known is null)
                    (known, isFresh) = (await FindAsync(pack, cancellationToken).ConfigureAwait(false), true);
                var now = clock.GetUtcNow();
                var after = change(Told(known.State, counts, since, now).WithAddress(pack.Address, Date(now)), now);
                if (ReferenceEquals(after, known.State))
                {
                    // Nothing to be had, as far as is remembered: what others gave back, or an operator set, is in the row.
                    pack.Known = known;
                    if (isFresh)
                        return after;
                    known = null;
                    continue;
                }
                var (isWritten, row) = await table.WriteAsync(pack.PublicId, pack.Provider, after, known.ETag, cancellationToken).ConfigureAwait(false);
                if (isWritten)
                {
                    // When nobody else wrote since the last time, the next change may do without reading.
                    pack.IsShared = mine is not null && mine.ETag != known.ETag;
                    pack.Known = row;
                    return after;
                }
                (known, isFresh) = (row, true);
            }
            throw new RequestFailedException(412, "The row changed at each try.");
        }
        catch
        {
            pack.Known = null;
            pack.PutBack(counts, since);
            throw;
        }
    }

    /// <summary>How a provider begins that has no row: as was set for the egress as a whole, or cold.</summary>
    public static WarmUpState New(WarmUpState? others, DateOnly date) => new() { Date = date, Day = others?.Day ?? 1, IsWarm = others?.IsWarm ?? false };

    // What came in before midnight belongs to the day that ended, as long as nobody has ended it.
    private WarmUpState Told(WarmUpState state, WarmUpCounts counts, DateTimeOffset since, DateTimeOffset now)
    {
        if (counts.IsEmpty)
            return state.At(Date(now), schedule);
        if (Date(since) <= state.Date)
            return (state with { Counts = state.Counts + counts }).At(Date(now), schedule);
        var today = state.At(Date(now), schedule);
        return today with { Counts = today.Counts + counts };
    }

    private async Task<StoredWarmUp> FindAsync(BudgetPack pack, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(pack.PublicId, pack.Provider, cancellationToken).ConfigureAwait(false) is { } row)
            return row;
        var others = await table.FindAsync(pack.PublicId, WarmUpTable.Others, cancellationToken).ConfigureAwait(false);
        return new StoredWarmUp(New(others?.State, Date(clock.GetUtcNow())), default);
    }

    private static DateOnly Date(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
