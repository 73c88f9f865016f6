using Azure;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.Kpis;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Benchmarks.Chaos.Checks;

/// <summary>One log partition: rows, counters and feed must tell the same.</summary>
internal sealed class PartitionAudit(LogPartition partition, Findings findings)
{
    private readonly Dictionary<string, MessageRow> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Relayed, int Final, DeliveryEvent Last)> _events = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, MessageRow> Rows => _rows;

    public Counters Counters { get; private set; } = new();

    public long Events { get; private set; }

    public async Task ReadAsync(TableClient log, CancellationToken cancellationToken)
    {
        Counters = (await PartitionState.LoadAsync(log, partition, cancellationToken)).Counters;
        var recount = await Recount.CountAsync(log, partition, cancellationToken);
        if (Text(Counters) is var counted && Text(recount) is var recounted && counted != recounted)
            findings.Add("counters differ from a recount", $"{partition.Key}: {counted}; recounted: {recounted}");
        await foreach (var row in RowsAsync(log, LogKeys.MessagePrefix, cancellationToken))
            _rows.Add(row.RowKey[LogKeys.MessagePrefix.Length..], MessageRow.Read(row));
        await foreach (var row in RowsAsync(log, LogKeys.BatchPrefix, cancellationToken))
            findings.Add("a batch is left", $"{partition.Key}/{row.RowKey}");
        await ReadFeedAsync(log, cancellationToken);
        CheckRows();
    }

    private async Task ReadFeedAsync(TableClient log, CancellationToken cancellationToken)
    {
        var number = 0L;
        await foreach (var page in RowsAsync(log, LogKeys.PagePrefix, cancellationToken))
        {
            if (page.RowKey != LogKeys.Page(++number))
            {
                findings.Add("a feed page is missing", $"{partition.Key}: {page.RowKey} stands where {LogKeys.Page(number)} should");
                return;
            }

            foreach (var happened in FeedPage.Read(page))
            {
                Events++;
                var before = _events.GetValueOrDefault(happened.MessageId);
                var isFinal = happened.Type is DeliveryEventType.Delivered or DeliveryEventType.Hard or DeliveryEventType.Expired;
                _events[happened.MessageId] = (before.Relayed + (happened.Type == DeliveryEventType.Relayed ? 1 : 0), before.Final + (isFinal ? 1 : 0), happened);
            }
        }
    }

    private void CheckRows()
    {
        foreach (var (id, row) in _rows)
        {
            var (relayed, final, last) = _events.GetValueOrDefault(id);
            if (relayed != 1)
                findings.Add("a message is not relayed once in the feed", $"{partition.Key}/{id}: {relayed} times");
            if (row.State.IsFinal() && final != 1)
                findings.Add("a message is not final once in the feed", $"{partition.Key}/{id}: {final} times, now {row.State}");
            else if (row.State.IsFinal() && (last.Status ?? MessageStates.Sent) != row.State.Status())
                findings.Add("feed and row disagree", $"{partition.Key}/{id}: {last.Type} and {row.State}");
        }

        foreach (var id in _events.Keys.Where(id => !_rows.ContainsKey(id)))
            findings.Add("the feed tells of a message that has no row", $"{partition.Key}/{id}");
    }

    private AsyncPageable<TableEntity> RowsAsync(TableClient log, string prefix, CancellationToken cancellationToken) =>
        log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, prefix), cancellationToken: cancellationToken);

    // All but possible repeats, which no row tells.
    private static string Text(Counters c) =>
        $"relayed {c.Relayed} ({c.RelayedBytes} octets), delivered {c.Delivered}, failed {c.Failed} ({string.Join(", ", c.FailedByReason)}), expired {c.Expired}, soft {c.SoftBounced}, retried {c.Retried}, waiting {c.Waiting}";
}
