using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Paths.Leases;

/// <summary>
/// That this process is alive, told every few seconds in one row. All its leases hold as long as that: renewing each of them in its path's
/// row would cost an operation for each path. A process that could not tell in time is dead to the others, and takes another name.
/// </summary>
internal sealed class ProcessLife(TableClient table, TimeProvider clock, TimeSpan lifetime) : IDisposable
{
    private const string Partition = "life";
    private const string UntilName = "Until";

    // A day after its end nobody asks for a process any more.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile string _id = NewId();
    private long _until;
    private (DateTimeOffset Seen, IReadOnlyDictionary<string, DateTimeOffset> Until) _others = (DateTimeOffset.MinValue, new Dictionary<string, DateTimeOffset>());

    /// <summary>What a dead process held is free after this.</summary>
    public TimeSpan Lifetime => lifetime;

    public string Id => _id;

    /// <summary>Others know that this process is alive, with time to spare for clocks that differ and connections that take a moment to end.</summary>
    public bool IsTrusted => clock.GetUtcNow().UtcTicks < Interlocked.Read(ref _until) - (lifetime / 4).Ticks;

    /// <summary>Tells that this process is alive, when it is time for that.</summary>
    /// <returns>False when it was too late, and the process has a new name: what it held under the old one may be others' now.</returns>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<bool> BeatAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var now = clock.GetUtcNow();
            var left = Interlocked.Read(ref _until) - now.UtcTicks;
            if (left > (lifetime * 0.75).Ticks)
                return true;
            var isLate = left <= 0 && _until != 0;
            if (isLate)
                _id = NewId();
            var until = now + lifetime;
            await table.UpsertEntityAsync(new TableEntity(Partition, _id) { [UntilName] = until }, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            Interlocked.Exchange(ref _until, until.UtcTicks);
            return !isLate;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The process ends: what it held is free.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _until, 1);
        await table.DeleteEntityAsync(Partition, _id, ETag.All, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Until when each known process is alive, as far as it has told. A few seconds old at most.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> OthersAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _others.Seen < lifetime / 6)
            return _others.Until;
        var until = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var end = row.GetDateTimeOffset(UntilName) ?? default;
            if (end + Remembered < now)
                await table.DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken).ConfigureAwait(false);
            else
                until[row.RowKey] = end;
        }

        _others = (now, until);
        return until;
    }

    public void Dispose() => _turn.Dispose();

    private static string NewId() => Guid.NewGuid().ToString("N")[..16];
}
