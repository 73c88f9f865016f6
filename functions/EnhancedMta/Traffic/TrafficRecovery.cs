using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>Looks at a log partition's own minutes once more, after whoever changed it may have died without telling.</summary>
/// <remarks>A guard pointer is written before each change of the log that counts as traffic, and followed by the sweeper after it.</remarks>
public sealed class TrafficRecovery(TableClient log, TrafficBook book, BatchOptions options)
{
    // Clocks differ a little, and the pointer's minute is rounded up, by two at most (PartitionGuards).
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(4);

    /// <param name="partition">Which.</param>
    /// <param name="pointed">The minute that its guard pointer was for.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>The number of the partition's last change.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<long> LookAsync(LogPartition partition, DateTimeOffset pointed, CancellationToken cancellationToken)
    {
        // The number first: minutes that change meanwhile are told by whoever changes them, with a later one.
        var state = await PartitionState.LoadAsync(log, partition, cancellationToken).ConfigureAwait(false);
        await foreach (var minute in MinuteRows.SinceAsync(log, partition, pointed - options.GuardDelay - Margin, cancellationToken).ConfigureAwait(false))
            book.Committed(partition, state.Sequence, minute, []);
        return state.Sequence;
    }
}
