using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure.Data.Tables;
using EnhancedMta.Addresses;
using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;

namespace EnhancedMta.SendingLog;

/// <summary>Reads the sending log.</summary>
public sealed class LogReader(TableClient log)
{
    public const int MaxPage = 1_000;

    /// <returns>Null when the delivery has no such message.</returns>
    public async Task<MessageRow?> FindAsync(LogPartition partition, string messageId, CancellationToken cancellationToken)
    {
        if (!LogKeys.CanBeKey(messageId))
            return null;
        var row = await log.GetEntityIfExistsAsync<TableEntity>(partition.Key, LogKeys.Message(messageId), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? MessageRow.Read(row.Value!) : null;
    }

    /// <summary>Messages of a partition whose id hashes to <paramref name="isIt"/>: for return paths of ids too long to be carried.</summary>
    public async Task<MessageRow?> FindAsync(LogPartition partition, Func<string, bool> isIt, CancellationToken cancellationToken)
    {
        var rows = log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken);
        await foreach (var row in rows.ConfigureAwait(false))
        {
            var messageId = row.RowKey[LogKeys.MessagePrefix.Length..];
            if (isIt(messageId))
                return await FindAsync(partition, messageId, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>A page of a delivery's log, partition after partition.</summary>
    /// <param name="delivery">Whose.</param>
    /// <param name="filter">Which messages.</param>
    /// <param name="limit">At most so many, up to <see cref="MaxPage"/>.</param>
    /// <param name="continuation">Of the page before.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="FormatException">Not a continuation that we gave.</exception>
    public async Task<(IReadOnlyList<MessageRow> Messages, string? Continuation)> ListAsync(
        Delivery delivery, LogFilter filter, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(filter);
        var (shard, token) = Continuation.Parse(continuation);
        var messages = new List<MessageRow>();
        for (; shard < delivery.Shards; shard++, token = null)
        {
            var query = LogKeys.RangeFilter(new LogPartition(delivery.Id, shard).Key, LogKeys.MessagePrefix) + filter.ToOData();
            var pages = log.QueryAsync<TableEntity>(query, limit - messages.Count, cancellationToken: cancellationToken).AsPages(token, limit - messages.Count);
            await foreach (var page in pages.ConfigureAwait(false))
            {
                messages.AddRange(page.Values.Select(MessageRow.Read));
                if (messages.Count < limit)
                    continue;
                if (!string.IsNullOrEmpty(page.ContinuationToken))
                    return (messages, new Continuation(shard, page.ContinuationToken).ToString());
                return (messages, shard + 1 < delivery.Shards ? new Continuation(shard + 1, null).ToString() : null);
            }
        }

        return (messages, null);
    }

    /// <summary>Messages of a partition that were refused for good, by when their rows last changed.</summary>
    public async IAsyncEnumerable<MessageRow> FailedAsync(
        LogPartition partition, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"{LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix)} and State eq '{MessageState.Bounced}' and Updated ge datetime'{from.UtcDateTime:O}' and Updated le datetime'{to.UtcDateTime:O}'");
        await foreach (var row in log.QueryAsync<TableEntity>(query, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return MessageRow.Read(row);
    }

    /// <summary>The open messages of a batch, told from their rows: for when its pack cannot be.</summary>
    internal async Task<IReadOnlyList<RelayItem>> ItemsAsync(Batch batch, CancellationToken cancellationToken)
    {
        var items = new List<RelayItem>();
        var rows = log.QueryAsync<TableEntity>(
            $"{LogKeys.RangeFilter(batch.Partition.Key, LogKeys.MessagePrefix)} and {nameof(MessageRow.BatchId)} eq '{batch.Id}'", cancellationToken: cancellationToken);
        await foreach (var entity in rows.ConfigureAwait(false))
        {
            var row = MessageRow.Read(entity);
            if (batch.IsDone(row.Slot))
                continue;
            _ = EmailAddress.TryParse(row.To, out var to, out _);
            var message = new PackItem(row.MessageId, to?.LocalPart ?? row.To, row.Domain, "", (int)row.Bytes, false);
            items.Add(new RelayItem(row.Slot, -1, message, row.Attempts, row.History.Count, row.SoftBounced, (int?)row.Reason, row.State == MessageState.Waiting) { KnownProvider = row.Provider });
        }

        return items;
    }

    private readonly record struct Continuation(int Shard, string? Token)
    {
        public static Continuation Parse(string? text)
        {
            if (string.IsNullOrEmpty(text))
                return new Continuation(0, null);
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))).Split('\n');
            return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
                ? new Continuation(shard, parts[1].Length == 0 ? null : parts[1])
                : throw new FormatException("Not a continuation of ours.");
        }

        public override string ToString() =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Shard}\n{Token}"))).Replace('+', '-').Replace('/', '_');
    }
}

/// <summary>Which messages of a log. What is null does not matter.</summary>
public sealed record LogFilter
{
    /// <summary>Sent or Failed.</summary>
    public string? Status { get; init; }

    public MessageState? State { get; init; }

    public CampaignReason? Reason { get; init; }

    /// <summary>Recipient's domain, lower case A-labels.</summary>
    public string? Domain { get; init; }

    /// <summary>The whole recipient address.</summary>
    public string? Address { get; init; }

    internal string ToOData()
    {
        var filter = new StringBuilder();
        if (Status is not null)
            filter.Append(CultureInfo.InvariantCulture, $" and Status eq '{LogKeys.Quote(Status)}'");
        if (State is { } state)
            filter.Append(CultureInfo.InvariantCulture, $" and State eq '{state}'");
        if (Reason is { } reason)
            // A message that was delivered after a soft bounce keeps that one's columns, and has not failed.
            filter.Append(CultureInfo.InvariantCulture, $" and Reason eq {(int)reason} and State ne '{MessageState.Delivered}'");
        if (Domain is not null)
            filter.Append(CultureInfo.InvariantCulture, $" and Domain eq '{LogKeys.Quote(Domain)}'");
        if (Address is not null)
            filter.Append(CultureInfo.InvariantCulture, $" and To eq '{LogKeys.Quote(Address)}'");
        return filter.ToString();
    }
}
