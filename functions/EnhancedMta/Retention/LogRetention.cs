using System.Globalization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Retention;

/// <summary>Purges the old rows of a delivery's partitions. Counters stay, and with them its Summary.</summary>
/// <remarks>
/// Beside the ledger, without the counters' ETag: nothing of what it deletes is changed any more, but by a bounce that comes after weeks, and then
/// the row's own ETag decides which of the two comes first. What is open is neither final nor old.
/// </remarks>
internal sealed class LogRetention(TableClient log, RetentionOptions options, TimeProvider clock)
{
    private static readonly string[] Keys = ["PartitionKey", "RowKey"];

    /// <returns>False when time ran out first.</returns>
    public async Task<bool> PurgeAsync(Delivery delivery, TimeBox box, CancellationToken cancellationToken)
    {
        foreach (var partition in delivery.Partitions)
        {
            if (!await RowRemoval.RemoveAsync(log, "message", Messages(partition, cancellationToken), box, cancellationToken).ConfigureAwait(false)
                || !await RowRemoval.RemoveAsync(log, "minute", Minutes(partition, cancellationToken), box, cancellationToken).ConfigureAwait(false)
                || !await RowRemoval.RemoveAsync(log, "page", Pages(partition, cancellationToken), box, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private AsyncPageable<TableEntity> Messages(LogPartition partition, CancellationToken cancellationToken)
    {
        var before = (clock.GetUtcNow() - options.Log).UtcDateTime;
        var final = string.Join(" or ", Enum.GetValues<MessageState>().Where(s => s.IsFinal()).Select(s => $"State eq '{s}'"));
        var filter = string.Create(CultureInfo.InvariantCulture, $"{LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix)} and Updated lt datetime'{before:O}' and ({final})");
        return log.QueryAsync<TableEntity>(filter, select: Keys, cancellationToken: cancellationToken);
    }

    private AsyncPageable<TableEntity> Minutes(LogPartition partition, CancellationToken cancellationToken) =>
        log.QueryAsync<TableEntity>(
            $"{LogKeys.RangeFilter(partition.Key, LogKeys.MinutePrefix)} and RowKey lt '{LogKeys.Minute(clock.GetUtcNow() - options.Log)}'", select: Keys, cancellationToken: cancellationToken);

    // Pages are numbered as time goes: the first that is young ends it, and most partitions answer with one.
    private IAsyncEnumerable<TableEntity> Pages(LogPartition partition, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Feed;
        return log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix), 100, [.. Keys, "Time"], cancellationToken)
            .TakeWhile(page => page.GetDateTimeOffset("Time") < before);
    }
}
