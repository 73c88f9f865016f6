using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback;

/// <summary>
/// Shortens the feed from its beginning. What may be purged is decided by age alone: cursors that point to before are refused, and an endpoint that
/// was dead for longer misses what it did not take, after an incident that stood all the time. Feed pages older than the same time may go, too.
/// </summary>
public sealed class FeedRetention(TableClient feed, FeedReader reader)
{
    // An entry has two rows.
    private const int EntriesAtOnce = 50;

    /// <summary>Purges the index entries written before a time, within <paramref name="maxEntries"/>.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> PurgeAsync(DateTimeOffset before, int maxEntries, CancellationToken cancellationToken)
    {
        // 1. Say what is the oldest that is kept, so that nobody takes a hole for the end. 2. Delete up to there, oldest first. Dying in between: the next
        // purge goes on, because it begins with what is there.
        var oldest = (await reader.SinceAsync(before, cancellationToken).ConfigureAwait(false)).Position + 1;
        if (oldest <= 1)
            return 0;
        await feed.UpsertEntityAsync(new TableEntity(FeedKeys.Partition, FeedKeys.Oldest) { [nameof(FeedEntry.Position)] = oldest }, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
        var purged = 0;
        var filter = $"PartitionKey eq '{FeedKeys.Partition}' and RowKey ge '{FeedKeys.Entry(0)}' and RowKey lt '{FeedKeys.Entry(oldest)}'";
        await foreach (var rows in feed.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).Take(maxEntries).Chunk(EntriesAtOnce).ConfigureAwait(false))
        {
            var entries = rows.Select(FeedEntry.Read).ToList();
            await feed.SubmitTransactionAsync(
                entries.SelectMany(e => e.ToRows()).Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken).ConfigureAwait(false);
            purged += entries.Count;
        }

        return purged;
    }
}
