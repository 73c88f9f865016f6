using System.Collections.Concurrent;
using EnhancedMta.Batches;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Sweeping;

/// <summary>
/// Sees to it that each partition with batches has a guard pointer: somebody will look there after <see cref="BatchOptions.GuardDelay"/>.
/// One pointer serves a whole minute of a partition's batches.
/// </summary>
public sealed class PartitionGuards(WaitingBatches waiting, TimeProvider clock, BatchOptions options)
{
    private readonly ConcurrentDictionary<(LogPartition Partition, long Minute), byte> _written = new();

    /// <summary>To be called before a batch is written or queued.</summary>
    public async Task EnsureAsync(LogPartition partition, CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() + options.GuardDelay;
        var minute = due.UtcTicks / TimeSpan.TicksPerMinute;
        if (_written.ContainsKey((partition, minute)))
            return;
        await waiting.GuardAsync(partition, due, cancellationToken).ConfigureAwait(false);
        _written[(partition, minute)] = 0;
        if (_written.Count > 10_000)
            Forget(minute);
    }

    private void Forget(long minute)
    {
        foreach (var key in _written.Keys.Where(k => k.Minute < minute))
            _written.TryRemove(key, out _);
    }
}
