using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>
/// Finds a message by a Message-ID that is not ours: of mail that Campaign composed itself. Ours name their message, and need no index.
/// Rows are kept by week, so that old ones go by partition.
/// </summary>
/// <remarks>
/// Each message is written and next to none is ever looked for, since bounces come back to a return path that names their message. So the entries of a request
/// share rows (<see cref="MessageIdPage"/>): writing costs an eighth of a row per message, at 2,000 a request, and a search reads the pages of a 256th of
/// three weeks: at ten million messages a week about 15,000 rows, 1,000 at a time. An entry that has no company has a row of its own, which is found by its key.
/// </remarks>
public sealed class MessageIdIndex(TableClient table, TimeProvider clock)
{
    // 3.5 days of validity and a week until the last asynchronous bounce.
    private const int WeeksBack = 2;

    /// <summary>Gathers the entries of one relay request.</summary>
    internal MessageIdEntries Begin() => new(this);

    /// <param name="field">With or without angle brackets.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<(LogPartition Partition, string MessageId)?> FindAsync(string field, CancellationToken cancellationToken)
    {
        var key = MessageIdKey.Of(field);
        var week = Week(clock.GetUtcNow());
        var weeks = Enumerable.Range(0, WeeksBack + 1).Select(back => Partition(week - back, key.Bucket)).ToList();
        var rows = await Task.WhenAll(weeks.Select(partition => table.GetEntityIfExistsAsync<TableEntity>(partition, key.ToString(), null, cancellationToken))).ConfigureAwait(false);
        if (rows.FirstOrDefault(r => r.HasValue)?.Value is { } row)
            return (LogPartition.Parse(row.GetString(nameof(LogPartition))), row.GetString(nameof(MessageRow.MessageId)));

        foreach (var partition in weeks)
        {
            var pages = table.QueryAsync<TableEntity>(MessageIdPage.Filter(partition, key), cancellationToken: cancellationToken);
            await foreach (var page in pages.ConfigureAwait(false))
            {
                if (MessageIdPage.Find(page, key) is { } found)
                    return found;
            }
        }

        return null;
    }

    /// <summary>Rows that are not looked up any more.</summary>
    internal static string FilterBefore(DateTimeOffset now) => $"PartitionKey lt '{Partition(Week(now) - WeeksBack, 0)}'";

    /// <param name="bucket">Of all entries.</param>
    /// <param name="entries">At most <see cref="MessageIdEntries.MaxEntries"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task WriteAsync(int bucket, IEnumerable<MessageIdEntry> entries, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var partition = Partition(Week(now), bucket);
        // Upserts: should the answer get lost, the SDK sends them again.
        var actions = MessageIdPage.Rows(partition, now, entries).Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row));
        foreach (var some in actions.Chunk(LogChange.MaxRows))
            await table.SubmitTransactionAsync(some, cancellationToken).ConfigureAwait(false);
    }

    private static long Week(DateTimeOffset time) => time.ToUnixTimeSeconds() / (7 * 86_400);

    private static string Partition(long week, int bucket) => string.Create(CultureInfo.InvariantCulture, $"{week:D6}~{bucket:x}");
}
