using EnhancedMta.Batches;
using EnhancedMta.Sweeping;

namespace EnhancedMta.Schedule;

/// <summary>Puts waiting batches whose time has come on their queue: retries, and messages whose validity ended, which the relay then expires.</summary>
public sealed class DueRetries(WaitingBatches waiting, BatchQueue queue, PartitionGuards guards, TimeProvider clock)
{
    // So many queue messages are sent at once; removing their pointers is one transaction.
    private const int Chunk = 100;
    private const int Parallel = 8;

    /// <returns>How many batches were queued.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // For each chunk: guard, send, remove the pointers. Dying in between sends some of them twice; a batch is claimed once.
        var count = 0;
        await foreach (var chunk in waiting.DueRetriesAsync(clock.GetUtcNow(), cancellationToken).Chunk(Chunk).ConfigureAwait(false))
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
