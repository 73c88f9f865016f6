using Azure;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Feedback;
using EnhancedMta.Storage;

namespace EnhancedMta.SendingLog;

/// <summary>One entity group transaction of the log: counters first, then the minute, batches, messages, and the feed page last.</summary>
internal sealed class LogTransaction
{
    /// <summary>Index of the first batch row among the actions.</summary>
    public const int FirstBatch = 2;

    private readonly LogPartition _partition;
    private readonly PartitionState _after;
    private readonly string _id;

    private LogTransaction(LogPartition partition, PartitionState after, string id, List<TableTransactionAction> actions, int batchCount) =>
        (_partition, _after, _id, Actions, BatchCount) = (partition, after, id, actions, batchCount);

    public List<TableTransactionAction> Actions { get; }

    public int BatchCount { get; }

    /// <summary>Number of its feed page.</summary>
    public long Sequence => _after.Sequence;

    /// <summary>The partition's minute with it.</summary>
    public MinuteThroughput Minute => _after.Minute!;

    public static async Task<LogTransaction> BuildAsync(
        TableClient log, LogPartition partition, PartitionState state, IReadOnlyList<LogChange> changes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var counters = new Counters();
        counters.Add(state.Counters);
        var minute = await MinuteAsync(log, partition, state, now, cancellationToken).ConfigureAwait(false);
        foreach (var change in changes)
        {
            counters.Add(change.Counters);
            minute = minute.Plus(change.Throughput);
        }

        var id = Guid.NewGuid().ToString("N");
        var after = new PartitionState(null, state.Sequence + 1, counters, minute.Minute, minute, id) { IsMarked = state.IsMarked, Fed = state.Fed };
        var counterRow = after.ToRow(partition);
        var actions = new List<TableTransactionAction>(LogChange.MaxRows)
        {
            state.ETag is { } etag
                ? Replacement.Of(state.ToRow(partition), counterRow, etag)
                : new TableTransactionAction(TableTransactionActionType.Add, counterRow),
            // No ETag of its own: whoever writes a minute also holds the counters' ETag. All its columns are always there, so a merge replaces it.
            new TableTransactionAction(TableTransactionActionType.UpsertMerge, minute.ToRow(partition.Key)),
        };
        actions.AddRange(changes.SelectMany(c => c.Batches));
        var batchCount = actions.Count - FirstBatch;
        actions.AddRange(changes.SelectMany(c => c.NewMessages).Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)));
        actions.AddRange(changes.SelectMany(c => c.MessageUpdates).Select(row => new TableTransactionAction(TableTransactionActionType.UpdateMerge, row, row.ETag == default ? ETag.All : row.ETag)));
        var page = FeedPage.ToRow(partition, after.Sequence, id, now, [.. changes.SelectMany(c => c.Events)]);
        DomainTallies.Write(page, changes.Select(c => c.Domains));
        actions.Add(new TableTransactionAction(TableTransactionActionType.Add, page));
        return new LogTransaction(partition, after, id, actions, batchCount);
    }

    /// <summary>The partition's state once this was committed.</summary>
    public PartitionState After(ETag counters) => _after with { ETag = counters };

    /// <summary>Whether the transaction was committed although its answer did not say so.</summary>
    /// <param name="log">Asked for the feed page of our number, when somebody else has written since.</param>
    /// <param name="now">The partition as it is.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<bool> TookPlaceAsync(TableClient log, PartitionState now, CancellationToken cancellationToken)
    {
        if (now.Sequence < _after.Sequence)
            return false;
        if (now.Sequence == _after.Sequence && now.Transaction is { } last)
            return last == _id;
        var page = await log.GetEntityIfExistsAsync<TableEntity>(_partition.Key, LogKeys.Page(_after.Sequence), null, cancellationToken).ConfigureAwait(false);
        return page.HasValue && FeedPage.TransactionOf(page.Value!) == _id;
    }

    /// <summary>The throughput row to add to. Clocks of instances differ a little, so a minute never goes back.</summary>
    private static async Task<MinuteThroughput> MinuteAsync(TableClient log, LogPartition partition, PartitionState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var current = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        if (current > state.LastMinute)
            return new MinuteThroughput { Minute = current };
        if (state.Minute is { } known)
            return known;
        var row = await log.GetEntityIfExistsAsync<TableEntity>(partition.Key, LogKeys.Minute(state.LastMinute), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? MinuteThroughput.Read(row.Value!) : new MinuteThroughput { Minute = state.LastMinute };
    }
}
