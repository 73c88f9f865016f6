using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>The index entries of one relay request, written a hundred at a time: by partition, because those of one transaction share it.</summary>
/// <remarks>
/// Written before the request is answered. A request that dies in between was not answered either, and its repetition writes them again.
/// </remarks>
internal sealed class MessageIdEntries(MessageIdIndex index)
{
    private readonly Dictionary<string, Dictionary<string, TableEntity>> _open = new(StringComparer.Ordinal);

    public async Task AddAsync(string field, LogPartition partition, string messageId, CancellationToken cancellationToken)
    {
        var row = index.ToRow(field, partition, messageId);
        if (!_open.TryGetValue(row.PartitionKey, out var rows))
            _open[row.PartitionKey] = rows = new(StringComparer.Ordinal);
        // The same Message-ID twice: the last one holds, and a transaction takes each row once.
        rows[row.RowKey] = row;
        if (rows.Count < MessageIdIndex.MaxRows)
            return;
        _open.Remove(row.PartitionKey);
        await index.WriteAsync([.. rows.Values], cancellationToken).ConfigureAwait(false);
    }

    public Task CompleteAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_open.Values.Select(rows => index.WriteAsync([.. rows.Values], cancellationToken)));
}
