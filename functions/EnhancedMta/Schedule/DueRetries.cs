using EnhancedMta.Batches;
using EnhancedMta.Modes;
using EnhancedMta.Sweeping;

namespace EnhancedMta.Schedule;

/// <summary>Puts waiting batches whose time has come on their queue: retries, and messages whose validity ended, which the relay then expires.</summary>
public sealed class DueRetries(WaitingBatches waiting, BatchQueue queue, PartitionGuards guards, ModeSwitch modes, TimeProvider clock)
{
    // So many queue messages are sent at once; removing their pointers is one transaction.
    private const int Chunk = 100;
    private const int Parallel = 8;

    /// <summary>Each has a pack of its own that is in memory while it is sent.</summary>
    private const int MostTogether = 12;

    /// <returns>How many batches were queued; none while nobody sends.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (mode, _) = await modes.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (mode == OperatingMode.Maintenance)
            return 0;
        // What was held goes first, transactional before all.
        return await QueueAsync(waiting.HeldAsync(Lane.Transactional, cancellationToken), cancellationToken).ConfigureAwait(false)
            + await QueueAsync(waiting.HeldAsync(Lane.Marketing, cancellationToken), cancellationToken).ConfigureAwait(false)
            + await QueueAsync(waiting.DueRetriesAsync(clock.GetUtcNow(), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> QueueAsync(IAsyncEnumerable<SchedulePointer> pointers, CancellationToken cancellationToken)
    {
        // For each chunk: guard, send, remove the pointers. Dying in between sends some of them twice; a batch is claimed once.
        var count = 0;
        await foreach (var chunk in pointers.Chunk(Chunk).ConfigureAwait(false))
        {
            await guards.EnsureAsync(chunk.Select(p => p.ToOrder().LogPartition), cancellationToken).ConfigureAwait(false);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForEachAsync(Together(chunk), parallel, async (due, token) =>
                await queue.SendAsync(due.Lane, due.Order, null, token).ConfigureAwait(false)).ConfigureAwait(false);
            await waiting.RemoveAsync(chunk, cancellationToken).ConfigureAwait(false);
            count += chunk.Length;
        }

        return count;
    }

    /// <summary>
    /// Batches of a delivery go together, as much as <see cref="BatchOrder.MostMessages"/>: limits and replies part a batch into many, and each of them alone would
    /// cost the queue, a claim, a question to each path and a settlement. One process has them then, so that fewer write to a partition at the same time.
    /// </summary>
    internal static IEnumerable<(Lane Lane, BatchOrder Order)> Together(IEnumerable<SchedulePointer> pointers)
    {
        foreach (var delivery in pointers.Select(p => (p.Lane, p.Count, Order: p.ToOrder())).GroupBy(p => (p.Lane, p.Order.LogPartition.DeliveryId)))
        {
            var orders = new List<BatchOrder>();
            var messages = 0;
            // Those of a partition in line, whatever the minute of each: what one claim and one settlement may take.
            foreach (var (_, count, order) in delivery.OrderBy(p => p.Order.LogPartition.Shard))
            {
                if (orders.Count == MostTogether || (orders.Count > 0 && messages + count > BatchOrder.MostMessages))
                {
                    yield return (delivery.Key.Lane, BatchOrder.Of(orders));
                    orders = [];
                    messages = 0;
                }

                orders.Add(order);
                messages += count;
            }

            yield return (delivery.Key.Lane, BatchOrder.Of(orders));
        }
    }
}
