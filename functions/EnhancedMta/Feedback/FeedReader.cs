using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>Reads events in the order of the feed, of all deliveries or of one, from any place on.</summary>
public sealed class FeedReader(TableClient feed, TableClient log)
{
    // Pages are read by partition, as one range each: a window of many small entries costs no more than one of few large ones.
    private const int WindowEntries = 500;
    private const int MinPages = 8;
    private const int MaxPages = 64;
    private const int EventsPerPage = 16;
    private const int ReadsAtOnce = 8;

    /// <param name="after">The last event that is known.</param>
    /// <param name="limit">Events at most.</param>
    /// <param name="deliveryId">Of this delivery only; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<FeedSlice> ReadAsync(FeedEventId after, int limit, string? deliveryId, CancellationToken cancellationToken)
    {
        var events = new List<(FeedEventId Id, FeedEvent Event)>();
        while (true)
        {
            var window = await WindowAsync(after, limit, deliveryId, cancellationToken).ConfigureAwait(false);
            var pages = await PagesAsync(window, cancellationToken).ConfigureAwait(false);
            foreach (var (entry, ranges) in window.Entries)
            {
                foreach (var range in ranges)
                {
                    for (var number = range.From; number <= range.To; number++)
                    {
                        // A page that is not there was purged: it was older than what is kept.
                        if (!pages.TryGetValue((entry.DeliveryId, range.Shard, number), out var page))
                            continue;
                        for (var n = 0; n < page.Count; n++)
                        {
                            var id = new FeedEventId(entry.Position, range.Shard, number, n + 1);
                            if (id <= after)
                                continue;
                            if (events.Count == limit)
                                return new FeedSlice(events, after, true);
                            events.Add((id, FeedEvent.Of(id, entry.DeliveryId, page[n])));
                            after = id;
                        }
                    }
                }
            }

            after = window.End > after ? window.End : after;
            if (!window.HasMore)
                return new FeedSlice(events, after, false);
            if (events.Count >= limit)
                return new FeedSlice(events, after, true);
        }
    }

    /// <summary>When the first entry after an event was written; null when nothing comes after.</summary>
    public async Task<DateTimeOffset?> NextTimeAsync(FeedEventId after, string? deliveryId, CancellationToken cancellationToken)
    {
        await foreach (var row in feed.QueryAsync<TableEntity>(FeedKeys.EntriesFilter(deliveryId, after.Position), 2, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var entry = FeedEntry.Read(row);
            if (FeedEventId.EndOf(entry.Position, entry.Pages[^1].Shard, entry.Pages[^1].To) > after)
                return entry.Time;
        }

        return null;
    }

    /// <summary>The place from which on everything is that became readable at or after a time: entries' times never fall, so halving finds it.</summary>
    public async Task<FeedEventId> SinceAsync(DateTimeOffset time, CancellationToken cancellationToken)
    {
        var head = await feed.GetEntityIfExistsAsync<TableEntity>(FeedKeys.Partition, FeedKeys.Head, null, cancellationToken).ConfigureAwait(false);
        var low = await OldestAsync(cancellationToken).ConfigureAwait(false);
        var high = head.HasValue ? FeedHead.Read(head.Value!).Position + 1 : low;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var row = await feed.GetEntityIfExistsAsync<TableEntity>(FeedKeys.Partition, FeedKeys.Entry(middle), null, cancellationToken).ConfigureAwait(false);
            // Purged just now: it was older than all that is left.
            if (!row.HasValue || FeedEntry.Read(row.Value!).Time < time)
                low = middle + 1;
            else
                high = middle;
        }

        return FeedEventId.EndOf(low - 1);
    }

    /// <summary>The first position that is kept.</summary>
    public async Task<long> OldestAsync(CancellationToken cancellationToken)
    {
        var row = await feed.GetEntityIfExistsAsync<TableEntity>(FeedKeys.Partition, FeedKeys.Oldest, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? row.Value!.GetInt64(nameof(FeedEntry.Position)) ?? 1 : 1;
    }

    private async Task<Window> WindowAsync(FeedEventId after, int limit, string? deliveryId, CancellationToken cancellationToken)
    {
        var entries = new List<(FeedEntry, List<PageRange>)>();
        var room = (long)Math.Clamp(limit / EventsPerPage, MinPages, MaxPages);
        var read = 0;
        var end = after;
        await foreach (var row in feed.QueryAsync<TableEntity>(FeedKeys.EntriesFilter(deliveryId, after.Position), WindowEntries, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (room == 0 || read == WindowEntries)
                return new Window(entries, end, true);
            read++;
            var entry = FeedEntry.Read(row);
            var ranges = new List<PageRange>();
            foreach (var range in entry.Pages.Select(r => After(r, entry.Position, after)).Where(r => r.Count > 0))
            {
                var taken = range with { To = Math.Min(range.To, range.From + room - 1) };
                ranges.Add(taken);
                room -= taken.Count;
                end = FeedEventId.EndOf(entry.Position, taken.Shard, taken.To);
                if (room == 0)
                    break;
            }

            if (ranges.Count > 0)
                entries.Add((entry, ranges));
            if (room > 0)
                end = FeedEventId.EndOf(entry.Position);
            else if (end < FeedEventId.EndOf(entry.Position, entry.Pages[^1].Shard, entry.Pages[^1].To))
                return new Window(entries, end, true);
        }

        return new Window(entries, end, false);
    }

    /// <summary>What of a range lies after an event; its page may have further events.</summary>
    private static PageRange After(PageRange range, long position, FeedEventId after) =>
        position != after.Position || range.Shard > after.Shard ? range
        : range.Shard < after.Shard ? range with { To = range.From - 1 }
        : range with { From = Math.Max(range.From, after.Page) };

    private async Task<Dictionary<(string DeliveryId, int Shard, long Page), IReadOnlyList<DeliveryEvent>>> PagesAsync(Window window, CancellationToken cancellationToken)
    {
        var ranges = window.Entries
            .SelectMany(e => e.Ranges.Select(r => (Partition: new LogPartition(e.Entry.DeliveryId, r.Shard), r.From, r.To)))
            .GroupBy(r => r.Partition)
            .Select(g => (g.Key, From: g.Min(r => r.From), To: g.Max(r => r.To)));
        var pages = new Dictionary<(string, int, long), IReadOnlyList<DeliveryEvent>>();
        foreach (var chunk in ranges.Chunk(ReadsAtOnce))
        {
            foreach (var (partition, number, events) in (await Task.WhenAll(chunk.Select(r => RangeAsync(r.Key, r.From, r.To, cancellationToken))).ConfigureAwait(false)).SelectMany(p => p))
                pages[(partition.DeliveryId, partition.Shard, number)] = events;
        }

        return pages;
    }

    private async Task<List<(LogPartition, long, IReadOnlyList<DeliveryEvent>)>> RangeAsync(LogPartition partition, long from, long to, CancellationToken cancellationToken)
    {
        var filter = $"PartitionKey eq '{partition.Key}' and RowKey ge '{LogKeys.Page(from)}' and RowKey le '{LogKeys.Page(to)}'";
        var pages = new List<(LogPartition, long, IReadOnlyList<DeliveryEvent>)>();
        await foreach (var row in log.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
            pages.Add((partition, LogKeys.PageNumber(row.RowKey), FeedPage.Read(row)));
        return pages;
    }

    private sealed record Window(List<(FeedEntry Entry, List<PageRange> Ranges)> Entries, FeedEventId End, bool HasMore);
}

/// <param name="Events">In order.</param>
/// <param name="Last">Where to go on.</param>
/// <param name="HasMore">There is more at once.</param>
public sealed record FeedSlice(IReadOnlyList<(FeedEventId Id, FeedEvent Event)> Events, FeedEventId Last, bool HasMore);
