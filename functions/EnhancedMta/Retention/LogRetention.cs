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

    // A page gets its place in the feed a little after it is written, and the place is purged by its own age: pages outlive their places.
    private static readonly TimeSpan PagesStayLonger = TimeSpan.FromDays(1);

    /// <summary>What any of its rows stays at least.</summary>
    private TimeSpan Shortest => options.Log < options.Feed + PagesStayLonger ? options.Log : options.Feed + PagesStayLonger;

    /// <param name="delivery">Whose rows.</param>
    /// <param name="isCounted">Whether the page of that number, of the partition with that shard, is counted in whatever is counted from pages.</param>
    /// <param name="box">How long it may take.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <returns>False when time ran out first.</returns>
    public async Task<bool> PurgeAsync(Delivery delivery, Func<int, string, bool> isCounted, TimeBox box, CancellationToken cancellationToken)
    {
        // No row is older than the declaration. To find out by asking, storage would read every row of every young delivery, each day.
        if (delivery.Declared > clock.GetUtcNow() - Shortest)
            return true;
        foreach (var partition in delivery.Partitions)
        {
            if (!await RowRemoval.RemoveAsync(log, "message", Messages(partition, cancellationToken), box, cancellationToken).ConfigureAwait(false)
                || !await RowRemoval.RemoveAsync(log, "minute", Minutes(partition, cancellationToken), box, cancellationToken).ConfigureAwait(false)
                || !await RowRemoval.RemoveAsync(log, "page", Pages(partition, isCounted, cancellationToken), box, cancellationToken).ConfigureAwait(false))
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
    private IAsyncEnumerable<TableEntity> Pages(LogPartition partition, Func<int, string, bool> isCounted, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Feed - PagesStayLonger;
        return log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.PagePrefix), 100, [.. Keys, "Time"], cancellationToken)
            .TakeWhile(page => page.GetDateTimeOffset("Time") < before && isCounted(partition.Shard, page.RowKey));
    }
}
