using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Paths.Leases;

/// <summary>
/// That this process is alive, told every few seconds in one row. All its leases hold as long as that: renewing each of them in its path's
/// row would cost an operation for each path. A process that could not tell in time is dead to the others, and takes another name.
/// </summary>
/// <remarks>
/// Of a life's length the first quarter passes before it is told anew, so there are two for a slow storage. In the last quarter nothing is
/// begun any more; in the last eighth what is under way is cut off and the name given up: so much is left for clocks that differ, and for
/// connections to end.
/// </remarks>
internal sealed class ProcessLife(TableClient table, TimeProvider clock, TimeSpan lifetime) : IDisposable
{
    private const string Partition = "life";
    private const string UntilName = "Until";

    // A day after its end nobody asks for a process any more.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile string _id = NewId();
    private long _until;
    private Lives _others = new(DateTimeOffset.MinValue, new Dictionary<string, DateTimeOffset>());

    /// <summary>It was too late to tell. Whatever is held under the old name has to end, before there is a new one: others may soon take it.</summary>
    public event Action? Late;

    /// <summary>What a dead process held is free after this.</summary>
    public TimeSpan Lifetime => lifetime;

    public string Id => _id;

    /// <summary>Others know that this process is alive, with time to spare.</summary>
    public bool IsTrusted => Left > lifetime / 4;

    /// <summary>Others may soon take it for dead.</summary>
    public bool IsEnding => Left <= lifetime / 8;

    private TimeSpan Left => new(Interlocked.Read(ref _until) - clock.GetUtcNow().UtcTicks);

    /// <summary>Tells that this process is alive, when it is time for that.</summary>
    /// <returns>False when it was too late, and the process has a new name: what it held under the old one may be others' now.</returns>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<bool> BeatAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Left > lifetime * 0.75)
                return true;
            var hasLived = Interlocked.Read(ref _until) != 0;
            var isLate = hasLived && IsEnding;
            while (true)
            {
                // The old name first, so that nothing that was held under it is used again.
                if (isLate)
                {
                    Late?.Invoke();
                    _id = NewId();
                }

                var until = clock.GetUtcNow() + lifetime;
                await table.UpsertEntityAsync(new TableEntity(Partition, _id) { [UntilName] = until }, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                // Storage may have taken its time, and others looked before it wrote.
                if (hasLived && IsEnding && !isLate)
                {
                    isLate = true;
                    continue;
                }

                Interlocked.Exchange(ref _until, until.UtcTicks);
                return !isLate;
            }
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

    /// <summary>Until when processes are alive, as far as they have told.</summary>
    /// <param name="leases">Whose processes are asked about. One that is dead in the answer was so when storage was asked: that it seemed to be about to die, at some time before, does not do.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> OthersAsync(IEnumerable<ConnectionLease> leases, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (asked, known) = Volatile.Read(ref _others);
        if (leases.All(l => l.Holds(now, known) || asked >= End(l, known)))
            return known;
        var until = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var end = row.GetDateTimeOffset(UntilName) ?? default;
            if (end + Remembered < now)
                await table.DeleteEntityAsync(Partition, row.RowKey, ETag.All, cancellationToken).ConfigureAwait(false);
            else
                until[row.RowKey] = end;
        }

        Volatile.Write(ref _others, new Lives(now, until));
        return until;
    }

    public void Dispose() => _turn.Dispose();

    private static DateTimeOffset End(ConnectionLease lease, IReadOnlyDictionary<string, DateTimeOffset> lives) =>
        lives.TryGetValue(lease.Process, out var end) && end > lease.Until ? end : lease.Until;

    private static string NewId() => Guid.NewGuid().ToString("N")[..16];

    /// <param name="Asked">When storage was.</param>
    /// <param name="Until">By process.</param>
    private sealed record Lives(DateTimeOffset Asked, IReadOnlyDictionary<string, DateTimeOffset> Until);
}
