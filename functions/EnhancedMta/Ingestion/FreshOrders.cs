using Azure;
using EnhancedMta.Batches;
using EnhancedMta.Telemetry;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Ingestion;

/// <summary>
/// Queues the batches that one request brings. Those of marketing mail that are accepted within a moment share a queue message, a claim and questions to paths; a
/// transactional one is queued at once.
/// </summary>
internal sealed partial class FreshOrders(BatchQueue queue, Lane lane, ILogger logger)
{
    /// <summary>How long an order waits for company while the request is being read, in real time. When it ends they go at once.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    /// <summary>Content of those that go together: each worker has all of it in memory. One alone may have as much as a batch can.</summary>
    private const long MostBytes = 2 * BatchBuilder.MaxBytes;

    private readonly Lock _lock = new();
    private readonly List<Fresh> _waiting = [];
    private Task _sent = Task.CompletedTask;

    /// <summary>Ends when the order is queued, or waits for company: then <see cref="FlushAsync"/> sees to it, or time.</summary>
    /// <param name="order">Of a batch that is accepted.</param>
    /// <param name="count">Its messages.</param>
    /// <param name="bytes">Their content.</param>
    public async Task AddAsync(BatchOrder order, int count, long bytes)
    {
        var fresh = new Fresh(order, count, bytes);
        if (lane == Lane.Transactional)
        {
            await SendAsync([fresh]).ConfigureAwait(false);
            return;
        }

        List<Fresh> full;
        bool isFirst;
        lock (_lock)
        {
            isFirst = _waiting.Count == 0;
            var partition = _waiting.Where(w => w.Order.Partition == order.Partition).ToList();
            full = Fits(partition, fresh) ? [] : partition;
            _waiting.RemoveAll(full.Contains);
            _waiting.Add(fresh);
        }

        if (isFirst)
            _ = SoonAsync();
        if (full.Count > 0)
            await SendAsync(full).ConfigureAwait(false);
    }

    /// <summary>Queues what waits. Ends when all that was added is queued.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            List<Fresh> waiting = [.. _waiting.OrderBy(w => w.Order.LogPartition.Shard)];
            _waiting.Clear();
            return _sent = SendAllAsync(waiting, _sent);
        }
    }

    /// <summary>Those of a partition go together first, and then what fits.</summary>
    private async Task SendAllAsync(List<Fresh> waiting, Task before)
    {
        // Not under the lock.
        await Task.Yield();
        var sending = new List<Task>();
        var group = new List<Fresh>();
        foreach (var fresh in waiting)
        {
            if (group.Count > 0 && !Fits(group, fresh))
            {
                sending.Add(SendAsync(group));
                group = [];
            }

            group.Add(fresh);
        }

        if (group.Count > 0)
            sending.Add(SendAsync(group));
        await Task.WhenAll([before, .. sending]).ConfigureAwait(false);
    }

    private async Task SoonAsync()
    {
        await Task.Delay(Moment).ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    private static bool Fits(List<Fresh> group, Fresh fresh) =>
        group.Sum(w => w.Count) + fresh.Count <= BatchOrder.MostMessages && group.Sum(w => w.Bytes) + fresh.Bytes <= MostBytes;

    private async Task SendAsync(List<Fresh> group)
    {
        using var phase = Phases.Time(Phases.Queue);
        try
        {
            // Not the caller's token: the messages are accepted, so they should be queued even if the caller hung up.
            await queue.SendAsync(lane, BatchOrder.Of([.. group.Select(w => w.Order)]), null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or TaskCanceledException or AggregateException or IOException)
        {
            foreach (var (order, _, _) in group)
                LogNotQueued(e, order.Partition, order.BatchId);
        }
    }

    private sealed record Fresh(BatchOrder Order, int Count, long Bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Partition}/{Batch} is accepted but could not be queued; the sweeper will.")]
    private partial void LogNotQueued(Exception exception, string partition, string batch);
}
