using Azure;
using Azure.Data.Tables;
using EnhancedMta.Feedback.Push;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>
/// Gives new feed pages their place in the feed. A page gets it after its transaction is committed, from whoever holds the feed's head; so nothing can
/// come before what was read already, whatever clocks say and however late a transaction ends.
/// </summary>
public sealed class FeedCollector(TableClient feed, TableClient log, FeedbackRoutes routes, FeedOptions options, TimeProvider clock)
{
    private const int MaxActions = 100;
    private const long MaxPages = 1_000;
    private const int ReadsAtOnce = 8;

    /// <summary>Collects all that is there, once.</summary>
    /// <returns>How many entries were added; null when somebody else collects just now.</returns>
    public async Task<int?> CollectAsync(CancellationToken cancellationToken) =>
        (await CollectAsync(await HeadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false))?.Added;

    internal async Task<FeedHead> HeadAsync(CancellationToken cancellationToken)
    {
        var row = await feed.GetEntityIfExistsAsync<TableEntity>(FeedKeys.Partition, FeedKeys.Head, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? FeedHead.Read(row.Value!) : new FeedHead();
    }

    /// <returns>The head written, or null when it had moved.</returns>
    internal async Task<FeedHead?> WriteAsync(FeedHead head, IEnumerable<TableTransactionAction> rows, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await feed.SubmitTransactionAsync([head.ToAction(), .. rows], cancellationToken).ConfigureAwait(false);
            return head with { ETag = answer.Value[0].Headers.ETag };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return null;
        }
    }

    internal async Task<bool> HasMarksAsync(CancellationToken cancellationToken) =>
        await feed.QueryAsync<TableEntity>(FeedKeys.MarksFilter, 1, ["RowKey"], cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false);

    /// <param name="head">As it was read; what else is to be written with it may be changed.</param>
    /// <param name="cancellationToken">Ends it between two transactions.</param>
    /// <returns>Null when the head had moved.</returns>
    internal async Task<Collected?> CollectAsync(FeedHead head, CancellationToken cancellationToken)
    {
        // 1. The marks, then each one's counters row: in this order a mark that was set anew is never taken for older than its partition's row.
        // 2. One transaction for many deliveries: head, entries, marks, pointers for the push. Dying before or after it: the next run goes on from there.
        // 3. Marks of partitions that are quiet go.
        var marks = await feed.QueryAsync<TableEntity>(FeedKeys.MarksFilter, cancellationToken: cancellationToken).Select(FeedMark.Read).ToListAsync(cancellationToken).ConfigureAwait(false);
        var sources = await SourcesAsync(marks, cancellationToken).ConfigureAwait(false);
        var (added, more) = (0, false);
        var rows = new List<TableTransactionAction>(MaxActions);
        var next = head;
        foreach (var delivery in sources.Where(s => s.HasNew).GroupBy(s => s.Mark.Partition.DeliveryId))
        {
            var now = clock.GetUtcNow();
            var ranges = delivery.OrderBy(s => s.Mark.Partition.Shard).Select(s => s.Next(MaxPages)).ToList();
            var target = await routes.FindAsync(delivery.Key, cancellationToken).ConfigureAwait(false);
            if (rows.Count + 3 + ranges.Count >= MaxActions)
            {
                if (await WriteAsync(next, rows, cancellationToken).ConfigureAwait(false) is not { } written)
                    return null;
                (next, head) = (written, written);
                rows.Clear();
            }

            next = next with { Position = next.Position + 1, Time = now > next.Time ? now : next.Time };
            var entry = new FeedEntry(next.Position, delivery.Key, ranges, next.Time);
            rows.AddRange(entry.ToRows().Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)));
            rows.AddRange(ranges.Select(r => new TableTransactionAction(TableTransactionActionType.UpsertMerge, FeedMark.Noted(new LogPartition(delivery.Key, r.Shard), r.To, now))));
            if (target is not null)
                rows.Add(new TableTransactionAction(TableTransactionActionType.UpsertMerge, new TableEntity(FeedKeys.Partition, FeedKeys.Pointer(target.Id, delivery.Key))));
            added++;
            more |= delivery.Any(s => s.Sequence - s.Collected > MaxPages);
        }

        if (rows.Count > 0)
        {
            if (await WriteAsync(next, rows, cancellationToken).ConfigureAwait(false) is not { } written)
                return null;
            head = written;
        }

        var retired = 0;
        foreach (var source in sources.Where(s => !s.HasNew && clock.GetUtcNow() - s.Mark.Changed >= options.QuietTime))
            retired += await RetireAsync(source, cancellationToken).ConfigureAwait(false) ? 1 : 0;
        return new Collected(head, added, marks.Count - retired, more);
    }

    private async Task<List<Source>> SourcesAsync(List<FeedMark> marks, CancellationToken cancellationToken)
    {
        var sources = new List<Source>(marks.Count);
        foreach (var chunk in marks.Chunk(ReadsAtOnce))
        {
            var states = await Task.WhenAll(chunk.Select(mark => PartitionState.LoadAsync(log, mark.Partition, cancellationToken))).ConfigureAwait(false);
            sources.AddRange(chunk.Zip(states, (mark, state) => new Source(mark, state.Sequence, Math.Max(mark.Collected, state.Fed), state.ETag)));
        }

        return sources;
    }

    /// <summary>
    /// The counters row first: it changes on the ETag that was read, so a writer who still counts on the mark fails, reads, and marks anew. Then the mark,
    /// unless it was set again meanwhile. Dying in between leaves a mark too many.
    /// </summary>
    private async Task<bool> RetireAsync(Source source, CancellationToken cancellationToken)
    {
        try
        {
            var row = PartitionState.Unmarked(source.Mark.Partition, source.Sequence);
            if (source.ETag is { } etag)
                await log.UpdateEntityAsync(row, etag, TableUpdateMode.Merge, cancellationToken).ConfigureAwait(false);
            else
                await log.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
            await feed.DeleteEntityAsync(FeedKeys.Partition, FeedKeys.Mark(source.Mark.Partition), source.Mark.ETag, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // It is used again.
            return false;
        }
    }

    private sealed record Source(FeedMark Mark, long Sequence, long Collected, ETag? ETag)
    {
        public bool HasNew => Sequence > Collected;

        public PageRange Next(long most) => new(Mark.Partition.Shard, Collected + 1, Math.Min(Sequence, Collected + most));
    }
}

/// <param name="Head">As it is now.</param>
/// <param name="Added">Entries.</param>
/// <param name="Marks">That are left.</param>
/// <param name="More">There is more at once.</param>
internal sealed record Collected(FeedHead Head, int Added, int Marks, bool More);
