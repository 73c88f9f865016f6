using System.Collections.Concurrent;
using EnhancedMta.Batches;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Sweeping;

/// <summary>
/// Sees to it that each partition with batches has a guard pointer: somebody will look there after <see cref="BatchOptions.GuardDelay"/>.
/// One pointer serves the batches of a minute or two of a partition.
/// </summary>
public sealed class PartitionGuards(WaitingBatches waiting, TimeProvider clock, BatchOptions options)
{
    private readonly ConcurrentDictionary<(LogPartition Partition, long Minute), byte> _written = new();

    /// <summary>That a pointer stands for: each process writes its own for each partition, so they are a good part of what a spread delivery costs.</summary>
    private long Minutes => options.GuardDelay < TimeSpan.FromMinutes(4) ? 1 : 2;

    /// <summary>To be called before a batch is written or queued.</summary>
    public Task EnsureAsync(LogPartition partition, CancellationToken cancellationToken) => EnsureAsync([partition], cancellationToken);

    /// <summary>The same for several partitions: one operation.</summary>
    public async Task EnsureAsync(IEnumerable<LogPartition> partitions, CancellationToken cancellationToken)
    {
        var due = clock.GetUtcNow() + options.GuardDelay;
        var minute = ((due.UtcTicks / TimeSpan.TicksPerMinute / Minutes) + 1) * Minutes;
        var missing = partitions.Distinct().Where(partition => !_written.ContainsKey((partition, minute))).ToList();
        if (missing.Count == 0)
            return;
        var at = new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
        await waiting.GuardAsync(missing.Select(partition => (partition, at)), cancellationToken).ConfigureAwait(false);
        foreach (var partition in missing)
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
