using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>The index entries of one relay request, gathered by partition and written many at a time.</summary>
/// <remarks>
/// Written before the request is answered. A request that dies in between was not answered either, and its repetition writes them again.
/// </remarks>
internal sealed class MessageIdEntries(MessageIdIndex index)
{
    /// <summary>What is written at a time, about a hundred for each page.</summary>
    internal const int MaxEntries = 1_600;

    private readonly Dictionary<int, Dictionary<MessageIdKey, MessageIdEntry>> _open = [];

    public async Task AddAsync(string field, LogPartition partition, string messageId, CancellationToken cancellationToken)
    {
        var key = MessageIdKey.Of(field);
        if (!_open.TryGetValue(key.Bucket, out var entries))
            _open[key.Bucket] = entries = [];
        // The same Message-ID twice: the last one holds.
        entries[key] = new MessageIdEntry(key, partition, messageId);
        if (entries.Count < MaxEntries)
            return;
        _open.Remove(key.Bucket);
        await index.WriteAsync(key.Bucket, entries.Values, cancellationToken).ConfigureAwait(false);
    }

    public Task CompleteAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_open.Select(bucket => index.WriteAsync(bucket.Key, bucket.Value.Values, cancellationToken)));
}
