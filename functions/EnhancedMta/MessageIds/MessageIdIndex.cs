using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>
/// Finds a message by a Message-ID that is not ours: of mail that Campaign composed itself. Ours name their message, and need no index.
/// Rows are kept by week, so that old ones go by partition.
/// </summary>
public sealed class MessageIdIndex(TableClient table, TimeProvider clock)
{
    /// <summary>Rows of an entity group transaction: what one write takes.</summary>
    internal const int MaxRows = 100;

    /// <summary>Partitions of a week: few enough that those of one request share their writes, and enough for 2,000 rows a second in each.</summary>
    private const int Buckets = 16;

    // 3.5 days of validity and a week until the last asynchronous bounce.
    private const int WeeksBack = 2;

    /// <summary>Gathers the entries of one relay request.</summary>
    internal MessageIdEntries Begin() => new(this);

    /// <param name="field">With or without angle brackets.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<(LogPartition Partition, string MessageId)?> FindAsync(string field, CancellationToken cancellationToken)
    {
        var (bucket, key) = Key(field);
        var week = Week();
        var rows = await Task.WhenAll(Enumerable.Range(0, WeeksBack + 1).Select(back =>
            table.GetEntityIfExistsAsync<TableEntity>(Partition(week - back, bucket), key, null, cancellationToken))).ConfigureAwait(false);
        return rows.FirstOrDefault(r => r.HasValue)?.Value is { } row
            ? (LogPartition.Parse(row.GetString(nameof(LogPartition))), row.GetString("MessageId")) : null;
    }

    /// <summary>Rows that are not looked up any more.</summary>
    internal static string FilterBefore(DateTimeOffset now) => $"PartitionKey lt '{Partition(Week(now) - WeeksBack, 0)}'";

    internal async Task WriteAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken) =>
        await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), cancellationToken).ConfigureAwait(false);

    internal TableEntity ToRow(string field, LogPartition partition, string messageId)
    {
        var (bucket, key) = Key(field);
        return new TableEntity(Partition(Week(), bucket), key) { [nameof(LogPartition)] = partition.Key, ["MessageId"] = messageId };
    }

    private static (int Bucket, string Key) Key(string field)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(field.AsSpan().Trim().Trim("<>").ToString()));
        return (hash[31] % Buckets, Convert.ToHexStringLower(hash.AsSpan(0, 16)));
    }

    private long Week() => Week(clock.GetUtcNow());

    private static long Week(DateTimeOffset time) => time.ToUnixTimeSeconds() / (7 * 86_400);

    private static string Partition(long week, int bucket) => string.Create(CultureInfo.InvariantCulture, $"{week:D6}~{bucket:x}");
}
