using System.Collections.Concurrent;
using Azure.Data.Tables;

namespace EnhancedMta.Schedule;

/// <summary>
/// Pointers that come for the same minute within a moment are written in one transaction. Where a path is throttled each batch of a delivery has messages to put off, and those of
/// many batches are planned for the same minutes.
/// </summary>
/// <param name="write">Writes the rows of one bucket.</param>
internal sealed class PointerCompany(Func<IReadOnlyList<TableEntity>, Task> write)
{
    /// <summary>In real time: that of storage. A put off batch is at worst as much longer at hand.</summary>
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Gathering> _open = new(StringComparer.Ordinal);

    /// <summary>Ends when they are written. A process that dies before has written none, nor what they point to.</summary>
    /// <param name="bucket">All rows are of it.</param>
    /// <param name="rows">Pointers.</param>
    /// <exception cref="Azure.RequestFailedException">Storage failed, for all of the company.</exception>
    public Task WriteAsync(string bucket, IReadOnlyCollection<TableEntity> rows)
    {
        while (true)
        {
            var gathering = _open.GetOrAdd(bucket, static _ => new Gathering());
            if (!gathering.TryJoin(rows, out var isFirst))
                continue;
            return isFirst ? gathering.Done = SoonAsync(bucket, gathering) : gathering.Done;
        }
    }

    private async Task SoonAsync(string bucket, Gathering gathering)
    {
        await Task.Delay(Wait).ConfigureAwait(false);
        _open.TryRemove(new(bucket, gathering));
        await write(gathering.Close()).ConfigureAwait(false);
    }

    private sealed class Gathering
    {
        private readonly List<TableEntity> _rows = [];
        private readonly TaskCompletionSource<Task> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isClosed;

        public Task Done
        {
            get => _done.Task.Unwrap();
            set => _done.SetResult(value);
        }

        public bool TryJoin(IReadOnlyCollection<TableEntity> rows, out bool isFirst)
        {
            lock (_rows)
            {
                isFirst = _rows.Count == 0;
                if (!_isClosed)
                    _rows.AddRange(rows);
                return !_isClosed;
            }
        }

        public List<TableEntity> Close()
        {
            lock (_rows)
            {
                _isClosed = true;
                return _rows;
            }
        }
    }
}
