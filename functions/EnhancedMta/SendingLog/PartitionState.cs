using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.SendingLog;

/// <summary>A partition as we last saw it: enough to write the next transaction without reading first.</summary>
/// <param name="ETag">Of the counters row; null when there is none yet.</param>
/// <param name="Sequence">Number of the newest feed page.</param>
/// <param name="Counters">What is counted.</param>
/// <param name="LastMinute">The newest minute that has a throughput row.</param>
/// <param name="Minute">What that row holds, as the counters row repeats it; null in rows of before it did.</param>
/// <param name="Transaction">That made it so.</param>
internal sealed record PartitionState(ETag? ETag, long Sequence, Counters Counters, DateTimeOffset LastMinute, MinuteThroughput? Minute, string? Transaction)
{
    private const string SequenceName = "Sequence";
    private const string TransactionName = "Transaction";
    private const string LastMinuteName = "LastMinute";
    private const string MarkedName = "Marked";
    private const string FedName = "Fed";

    /// <summary>Somebody is to collect its feed pages (<see cref="Feedback.FeedMarks"/>).</summary>
    public bool IsMarked { get; init; }

    /// <summary>Number of the newest feed page that was in the feed when the mark was last taken away.</summary>
    public long Fed { get; init; }

    public static async Task<PartitionState> LoadAsync(TableClient log, LogPartition partition, CancellationToken cancellationToken)
    {
        var row = await log.GetEntityIfExistsAsync<TableEntity>(partition.Key, LogKeys.Counters, null, cancellationToken).ConfigureAwait(false);
        if (!row.HasValue)
            return new PartitionState(null, 0, new Counters(), default, null, null);
        var entity = row.Value!;
        return new PartitionState(
            entity.ETag,
            entity.GetInt64(SequenceName) ?? 0,
            Counters.Read(entity),
            entity.GetDateTimeOffset(LastMinuteName) ?? default,
            MinuteThroughput.Within(entity),
            entity.GetString(TransactionName))
        {
            IsMarked = entity.GetBoolean(MarkedName) ?? false,
            Fed = entity.GetInt64(FedName) ?? 0,
        };
    }

    /// <summary>What to merge into the counters row when all its pages are in the feed and the mark goes.</summary>
    public static TableEntity Unmarked(LogPartition partition, long fed) =>
        new(partition.Key, LogKeys.Counters) { [MarkedName] = false, [FedName] = fed };

    /// <summary>The counters row.</summary>
    public TableEntity ToRow(LogPartition partition)
    {
        var row = new TableEntity(partition.Key, LogKeys.Counters)
        {
            [SequenceName] = Sequence,
            [LastMinuteName] = LastMinute,
            [TransactionName] = Transaction,
            [MarkedName] = IsMarked,
            [FedName] = Fed,
        };
        // One read tells all that the next transaction stands on, and whether ours took place: partitions of a large delivery have several writers.
        Minute?.WriteWithin(row);
        Counters.WriteTo(row);
        return row;
    }
}
