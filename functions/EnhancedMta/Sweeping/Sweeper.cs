using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Kpis;
using EnhancedMta.Modes;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Sweeping;

/// <summary>
/// Looks after batches that nobody may be working on: a queue message that was never sent, a worker that died, a pointer that got lost.
/// A partition stays guarded until it has no batch left.
/// </summary>
public sealed partial class Sweeper(TableClient log, WaitingBatches waiting, BatchQueue queue, ModeSwitch modes, KpiUpkeep kpis, TimeProvider clock, BatchOptions options, ILogger<Sweeper> logger)
{
    /// <summary>A batch's own queue message is put there a moment after the time in its row, and storage tells whole seconds.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    /// <returns>How many batches were queued again.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // What nobody works on is meant to be so.
        if ((await modes.CurrentAsync(cancellationToken).ConfigureAwait(false)).Mode == OperatingMode.Maintenance)
            return 0;
        var now = clock.GetUtcNow();
        var heads = new Dictionary<Lane, DateTimeOffset?>();
        var requeued = 0;
        await foreach (var guards in waiting.DueGuardsAsync(now, cancellationToken).Chunk(100).ConfigureAwait(false))
        {
            var next = new List<(LogPartition, DateTimeOffset)>();
            foreach (var partition in guards.Select(g => g.Partition).Distinct())
            {
                var (again, nextLook) = await SweepAsync(partition, now, heads, cancellationToken).ConfigureAwait(false);
                requeued += again;
                if (nextLook is { } due)
                    next.Add((partition, due));
            }

            next.AddRange((await kpis.LookAfterAsync(guards, cancellationToken).ConfigureAwait(false)).Select(late => (late, now + options.GuardDelay)));
            await waiting.GuardAsync(next, cancellationToken).ConfigureAwait(false);
            // After the new guards are written: a crash here sweeps twice.
            await waiting.RemoveAsync(guards, cancellationToken).ConfigureAwait(false);
        }

        return requeued;
    }

    /// <returns>How many batches were queued again, and when somebody should look again; null when none is left.</returns>
    private async Task<(int Requeued, DateTimeOffset? NextLook)> SweepAsync(LogPartition partition, DateTimeOffset now, Dictionary<Lane, DateTimeOffset?> heads, CancellationToken cancellationToken)
    {
        var requeued = 0;
        DateTimeOffset? nextLook = null;
        await foreach (var row in log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.BatchPrefix), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var batch = Batch.Read(row);
            var look = now + options.GuardDelay;
            if (batch.Due > now)
                look = batch.Due.Value + options.GuardDelay;
            else if (!batch.IsClaimed(now) && await IsLeftBehindAsync(batch, now, heads, cancellationToken).ConfigureAwait(false))
            {
                await queue.SendAsync(batch.Lane, new BatchOrder(partition.Key, batch.Id), null, cancellationToken).ConfigureAwait(false);
                LogRequeued(partition.Key, batch.Id, batch.OpenCount);
                requeued++;
            }

            nextLook = nextLook is null || look < nextLook ? look : nextLook;
        }

        return (requeued, nextLook);
    }

    /// <summary>Queues are close to first in, first out: while the head is older than the batch, its message may still be in line.</summary>
    private async Task<bool> IsLeftBehindAsync(Batch batch, DateTimeOffset now, Dictionary<Lane, DateTimeOffset?> heads, CancellationToken cancellationToken)
    {
        var queued = batch.Due ?? batch.Queued;
        if (now - queued < options.GuardDelay && batch.ClaimedBy is null)
            return false;
        if (!heads.TryGetValue(batch.Lane, out var head))
            heads[batch.Lane] = head = await queue.HeadInsertedAsync(batch.Lane, cancellationToken).ConfigureAwait(false);
        return head is null || head > queued + Slack;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Partition}/{Batch} with {Open} open messages was left behind; queued again.")]
    private partial void LogRequeued(string partition, string batch, int open);
}
