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
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForEachAsync(chunk, parallel, async (pointer, token) =>
            {
                var order = pointer.ToOrder();
                await guards.EnsureAsync(order.LogPartition, token).ConfigureAwait(false);
                await queue.SendAsync(pointer.Lane, order, null, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
            await waiting.RemoveAsync(chunk, cancellationToken).ConfigureAwait(false);
            count += chunk.Length;
        }

        return count;
    }
}
