using System.Collections.Concurrent;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Paths;

/// <summary>Changes of the path's row: those that wait for each other in this process are written together.</summary>
internal sealed partial class PathUse
{
    /// <summary>Others change the row too: each of a dozen processes may be first once.</summary>
    private const int MaxTries = 25;

    // A row seen so lately need not be read again before it is changed; should another process have changed it, the ETag tells.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<PendingChange> _pending = new();

    /// <summary>Another process changed the row shortly after it was seen here.</summary>
    private bool _isContested;

    /// <summary>
    /// Changes the path's row: what was observed first, then <paramref name="change"/>, which may be asked several times, each time with
    /// another row: while other processes change it too.
    /// </summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before it was begun.</exception>
    public async Task<T> ChangeAsync<T>(Func<PathRow, DateTimeOffset, (PathRow Row, T Result)> change, CancellationToken cancellationToken)
    {
        var pending = new PendingChange<T>(change);
        _pending.Enqueue(pending);
        try
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (pending.TryTake())
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            // Somebody is writing it just now.
            return await pending.Done.ConfigureAwait(false);
        }

        try
        {
            if (!pending.Done.IsCompleted)
                await WriteAsync(TakePending()).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        return await pending.Done.ConfigureAwait(false);
    }

    private List<PendingChange> TakePending()
    {
        var group = new List<PendingChange>();
        while (_pending.TryDequeue(out var next))
        {
            if (next.TryTake())
                group.Add(next);
        }

        return group;
    }

    private async Task WriteAsync(List<PendingChange> group)
    {
        try
        {
            // Not cancelled on the way: a change whose answer nobody reads would have to be made again.
            if (!await life.BeatAsync(CancellationToken.None).ConfigureAwait(false))
                LetGo();
            for (var tries = 1; !await TryWriteAsync(group, tries).ConfigureAwait(false); tries++)
            {
                if (tries == MaxTries)
                    throw new Azure.RequestFailedException(412, $"The row of {id} was changed by others at each of {MaxTries} tries.");
                await Task.Delay(Pause(tries)).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            foreach (var pending in group)
                pending.Fail(e);
        }
    }

    /// <returns>False when another process changed the row.</returns>
    private async Task<bool> TryWriteAsync(List<PendingChange> group, int tries)
    {
        var now = clock.GetUtcNow();
        // The book is changed in place, so a row that could not be written must not be used again. Where other processes change it as often, a write in
        // vain would cost more than a look.
        var row = Row;
        var isSeen = tries == 1 && now - _seen < Fresh && !row.IsNew;
        if (!isSeen || _isContested)
        {
            var before = row.ETag;
            row = await table.ReadAsync(id, CancellationToken.None).ConfigureAwait(false);
            _isContested = isSeen ? row.ETag != before : _isContested;
        }

        _seen = DateTimeOffset.MinValue;
        await LookAtLivesAsync(row, now, CancellationToken.None).ConfigureAwait(false);
        var (report, times, spare, lines, isTold) = (_tally.Take(), _times.Take(), TakeAllSpare(), TakeLines(), false);
        _draft = new RowDraft(isAlone: group.Count == 1);
        try
        {
            var step = controller.Next(row.Control, report, Rule, now);
            row.Slices.GiveBack(spare.Slice, spare.Party, spare.Count);
            var next = row.With(step) with
            {
                Id = id,
                Rule = Rule.Id,
                Changed = now,
                SecondsPerMessage = MessageTimes.Average(row.SecondsPerMessage, times),
                Lines = Latest(row.Lines, lines),
            };
            foreach (var pending in group)
                next = pending.Apply(next, now);
            if (await table.WriteAsync(next, next.RowsOf(step), CancellationToken.None).ConfigureAwait(false) is not { } written)
            {
                _isContested = true;
                return false;
            }

            isTold = true;
            Took(written, now);
        }
        finally
        {
            if (!isTold)
            {
                _tally.PutBack(report);
                _times.Add(times.Count, times.Seconds);
                KeepLines(lines);
                _unbegun.Add(_draft.Yielded.Slice, isUrgent: false, _draft.Yielded.Count);
                if (spare.Count > 0)
                    Keep(spare.Slice, spare.Party, spare.Count);
            }
        }

        foreach (var pending in group)
            pending.Succeed();
        return true;
    }

    private void Took(PathRow row, DateTimeOffset now)
    {
        Volatile.Write(ref _row, row);
        _seen = now;
        _told = now;
        // Only who asked was given anything; what a change left alone is as it was.
        if (_draft.Asks is null)
            return;
        _asked = now;
        GaveBack(_draft.ToldBack);
        _leasedBy = _draft.Asks;
        _holdsSince = _draft.Granted > 0 ? _holdsSince ?? now : null;
        _waitsSince = _draft.Granted == 0 && _draft.AsksFor > 0 ? _waitsSince ?? now : null;
        connections.Resize(_draft.Granted, _draft.Openings, isPromised: _waitsSince is not null || _draft.Granted > 0);
    }

    /// <summary>The row has them. What was given up meanwhile goes with the next change.</summary>
    private void GaveBack((long Minute, int Count) told)
    {
        lock (_lock)
        {
            if (_openingsBack.Minute == told.Minute)
                _openingsBack.Count -= told.Count;
        }
    }

    // Of a lease whose own time is over, its process's life decides.
    private async Task LookAtLivesAsync(PathRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (row.Leases.Any(l => l.Until <= now && l.Process != life.Id))
            _lives = await life.OthersAsync(row.Leases, cancellationToken).ConfigureAwait(false);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var row = await table.ReadAsync(id, cancellationToken).ConfigureAwait(false);
            await LookAtLivesAsync(row, clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _row, row);
            _seen = clock.GetUtcNow();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Keep(Slice slice, Party party, int count)
    {
        lock (_lock)
            _spare = (slice, party, _spare.Slice == slice ? _spare.Count + count : count);
    }

    private bool TakeSpare(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Slice.OpenAt(now) is not { } slice || _spare.Slice != slice || _spare.Count == 0)
                return false;
            _spare.Count--;
            return true;
        }
    }

    /// <summary>Whatever was let through and not used goes back with the next change: others may have a use for it.</summary>
    private (Slice Slice, Party Party, int Count) TakeAllSpare()
    {
        lock (_lock)
        {
            var all = _spare;
            _spare.Count = 0;
            return all;
        }
    }

    /// <summary>How far lines went that are not yet in the row.</summary>
    private IReadOnlyDictionary<uint, DateTimeOffset> TakeLines()
    {
        lock (_lock)
        {
            var taken = _lines;
            _lines = new Dictionary<uint, DateTimeOffset>();
            return taken;
        }
    }

    private void KeepLines(IReadOnlyDictionary<uint, DateTimeOffset> lines)
    {
        lock (_lock)
            _lines = Latest(lines, _lines);
    }

    private TimeSpan Pause(int tries)
    {
        lock (random)
            return TimeSpan.FromMilliseconds(random.Next(5, 20 * tries));
    }

    private abstract class PendingChange
    {
        private int _taken;

        /// <summary>Once.</summary>
        public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

        public abstract PathRow Apply(PathRow row, DateTimeOffset now);

        public abstract void Succeed();

        public abstract void Fail(Exception e);
    }

    private sealed class PendingChange<T>(Func<PathRow, DateTimeOffset, (PathRow Row, T Result)> change) : PendingChange
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Done => _done.Task;

        public override PathRow Apply(PathRow row, DateTimeOffset now)
        {
            (row, _result) = change(row, now);
            return row;
        }

        public override void Succeed() => _done.SetResult(_result);

        public override void Fail(Exception e) => _done.TrySetException(e);
    }
}
