using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.Storage.EntityGroups;
using EnhancedMta.Traffic;

namespace EnhancedMta.SendingLog;

/// <summary>
/// The only writer of log partitions. Each change is one entity group transaction that stands on the counters row's ETag,
/// so a partition has one order of changes whatever the number of writers, and rows, counters and events cannot part ways.
/// </summary>
/// <remarks>
/// Changes that wait for the same partition are committed together (group commit). After an answer that got lost, the feed
/// page tells whether the transaction took place: its number was taken, by us or by somebody else. A partition that other processes
/// write to is read before each write: a write in vain would cost two operations more.
/// </remarks>
public sealed class LogLedger(TableClient log, TimeProvider clock, TrafficBook? traffic = null, FeedMarks? marks = null)
{
    // Cells hold a few hundred bytes; beyond this the ones that nobody uses are let go and read again when needed.
    private const int MaxCells = 4096;

    /// <summary>
    /// How long a small change that can wait does so for company, where other processes write to the partition: each transaction there costs a look, and some are in vain.
    /// In real time: that of storage.
    /// </summary>
    private static readonly TimeSpan Company = TimeSpan.FromMilliseconds(500);

    /// <summary>Of a change that there is room for company of.</summary>
    private const int FewRows = LogChange.MaxRows / 2;

    private readonly ConcurrentDictionary<LogPartition, PartitionCell> _cells = new();

    /// <summary>Makes the change, or tells why it cannot be made. Retries by itself when only the counters moved.</summary>
    /// <exception cref="RequestFailedException">Storage failed; whether the change was made was checked: it was not, or storage cannot tell.</exception>
    /// <exception cref="ArgumentException">More rows than a transaction takes.</exception>
    public async Task<CommitResult> CommitAsync(LogPartition partition, LogChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Rows + LogChange.OwnRows > LogChange.MaxRows)
            throw new ArgumentException($"{change.Rows} rows do not fit one transaction.", nameof(change));

        var pending = new Pending(change);
        var cell = _cells.GetOrAdd(partition, static p => new PartitionCell(p));
        cell.Add(pending);
        try
        {
            if (change.CanWait && change.Rows <= FewRows && cell.IsContested)
                await Task.WhenAny(pending.Done.Task, Task.Delay(Company, cancellationToken)).ConfigureAwait(false);
            await cell.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (pending.Done.Task.IsCompleted is false && pending.TryAbandon())
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            // Somebody is committing it just now: the answer is worth the short wait.
            return await pending.Done.Task.ConfigureAwait(false);
        }

        try
        {
            while (!pending.Done.Task.IsCompleted && cell.TakeGroup() is { Count: > 0 } group)
                await CommitGroupAsync(cell, group).ConfigureAwait(false);
        }
        finally
        {
            cell.Gate.Release();
        }

        if (_cells.Count > MaxCells)
            Trim();
        return await pending.Done.Task.ConfigureAwait(false);
    }

    private async Task CommitGroupAsync(PartitionCell cell, List<Pending> group)
    {
        CommitResult? together;
        try
        {
            together = await CommitTogetherAsync(cell, group).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Storage cannot tell whether the transaction took place, or it failed for all alike: trying them one by one could count twice.
            foreach (var pending in group)
                pending.Done.SetException(e);
            return;
        }

        if (together is not null)
        {
            var at = 0;
            foreach (var pending in group)
            {
                if (together.Status == CommitStatus.Committed)
                    LogMetrics.Count(pending.Change);
                var count = pending.Change.Batches.Count;
                pending.Done.SetResult(together.BatchETags.Count == 0 ? together : together with { BatchETags = [.. together.BatchETags.Skip(at).Take(count)] });
                at += count;
            }

            return;
        }

        // One of several cannot be made, and none was: each alone, so that it spoils nothing for the others.
        foreach (var pending in group)
            await CommitGroupAsync(cell, [pending]).ConfigureAwait(false);
    }

    /// <returns>Null when a group of several cannot be made as a whole.</returns>
    private async Task<CommitResult?> CommitTogetherAsync(PartitionCell cell, List<Pending> group)
    {
        // 1. See that the partition is marked for the feed. 2. Build the transaction on the cell's state. 3. Submit. 4. On a conflict or a lost answer: look whether ours took place;
        // if not, find out whose row moved: the counters (build again), a message or a batch (tell the caller).
        for (var state = await StateAsync(cell).ConfigureAwait(false); ;)
        {
            if (marks is not null && !state.IsMarked)
            {
                await marks.MarkAsync(cell.Partition, CancellationToken.None).ConfigureAwait(false);
                // In the row only with the transaction: one that comes between fails us, and we look again.
                state = state with { IsMarked = true };
            }

            var transaction = await LogTransaction.BuildAsync(log, cell.Partition, state, [.. group.Select(p => p.Change)], clock.GetUtcNow(), CancellationToken.None).ConfigureAwait(false);
            try
            {
                var answer = await log.SubmitTransactionAsync(transaction.Actions, CancellationToken.None).ConfigureAwait(false);
                cell.State = transaction.After(answer.Value[0].Headers.ETag!.Value);
                Note(cell.Partition, transaction, group);
                return new CommitResult(CommitStatus.Committed, [.. answer.Value.Skip(LogTransaction.FirstBatch).Take(transaction.BatchCount).Select(r => r.Headers.ETag ?? default)]);
            }
            catch (Exception e) when (e is RequestFailedException or TaskCanceledException or IOException)
            {
                cell.State = null;
                var now = await PartitionState.LoadAsync(log, cell.Partition, CancellationToken.None).ConfigureAwait(false);
                // Where others write as well this happens all the time, and the look at the page is an operation.
                if (!EntityGroupTable.WasRefusedAtOnce(e) && await transaction.TookPlaceAsync(log, now, CancellationToken.None).ConfigureAwait(false))
                {
                    Note(cell.Partition, transaction, group);
                    return new CommitResult(CommitStatus.Committed, []);
                }

                if (e is RequestFailedException { Status: 400 or 413 } && group.Count > 1)
                    return null;
                if (e is not RequestFailedException { Status: 404 or 409 or 412 })
                    throw;

                if (now.ETag != state.ETag)
                {
                    state = cell.State = now;
                    cell.IsContested = true;
                    continue;
                }

                if (group.Count > 1)
                    return null;
                // The counters stand as they were, so it is one of the change's own rows.
                return new CommitResult(group[0].Change.NewMessages.Count > 0 ? CommitStatus.MessageExists : CommitStatus.RowMoved, []);
            }
        }
    }

    /// <summary>For the throughput of paths and of the whole instance.</summary>
    private void Note(LogPartition partition, LogTransaction transaction, List<Pending> group) =>
        traffic?.Committed(partition, transaction.Sequence, transaction.Minute, group.Select(p => p.Change.Paths));

    private async Task<PartitionState> StateAsync(PartitionCell cell)
    {
        var known = cell.State;
        if (known is not null && !cell.IsContested)
            return known;
        var now = await PartitionState.LoadAsync(log, cell.Partition, CancellationToken.None).ConfigureAwait(false);
        cell.IsContested = known is not null && now.ETag != known.ETag;
        return cell.State = now;
    }

    private void Trim()
    {
        foreach (var (partition, cell) in _cells)
        {
            if (_cells.Count <= MaxCells / 2)
                return;
            if (cell.IsEmpty && cell.Gate.CurrentCount == 1)
                _cells.TryRemove(partition, out _);
        }
    }

    private sealed class PartitionCell(LogPartition partition)
    {
        // Not a ConcurrentQueue: once looked at without being taken, it keeps what is taken later, and with it the rows of dozens of changes for each partition.
        private readonly Queue<Pending> _waiting = new();

        public LogPartition Partition { get; } = partition;

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public PartitionState? State { get; set; }

        /// <summary>Another process wrote to it since our last write.</summary>
        public bool IsContested { get; set; }

        public bool IsEmpty
        {
            get
            {
                lock (_waiting)
                    return _waiting.Count == 0;
            }
        }

        public void Add(Pending pending)
        {
            lock (_waiting)
                _waiting.Enqueue(pending);
        }

        /// <summary>As many waiting changes as one transaction takes, in their order.</summary>
        public List<Pending> TakeGroup()
        {
            var group = new List<Pending>();
            var rows = LogChange.OwnRows;
            lock (_waiting)
            {
                while (_waiting.TryPeek(out var next) && (group.Count == 0 || rows + next.Change.Rows <= LogChange.MaxRows))
                {
                    _waiting.Dequeue();
                    if (!next.TryTake())
                        continue;
                    group.Add(next);
                    rows += next.Change.Rows;
                }
            }

            return group;
        }
    }

    private sealed class Pending(LogChange change)
    {
        private int _taken;

        public LogChange Change { get; } = change;

        public TaskCompletionSource<CommitResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

        public bool TryAbandon() => TryTake();
    }
}
