using System.Collections.Concurrent;

namespace EnhancedMta.Sites;

/// <summary>
/// Answers kept for as long as they say, each asked for once at a time whoever waits for it. Beyond the capacity stale entries go
/// first, then any.
/// </summary>
internal sealed class TtlCache<TValue>(TimeProvider time, int capacity)
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The value for a key, from here or loaded.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="load">Gives the value and how long it holds. It runs for all who wait, so no caller's token reaches it.</param>
    /// <param name="cancellationToken">Ends this caller's wait, not the loading.</param>
    public Task<TValue> GetAsync(string key, Func<string, Task<(TValue Value, TimeSpan Ttl)>> load, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = _entries.TryGetValue(key, out var entry);
            if (known && !entry!.IsStale(time.GetTimestamp()))
                return entry.Value.Task.IsCompletedSuccessfully ? entry.Value.Task : entry.Value.Task.WaitAsync(cancellationToken);
            var fresh = new Entry();
            if (!(known ? _entries.TryUpdate(key, fresh, entry!) : _entries.TryAdd(key, fresh)))
                continue;
            _ = LoadAsync(key, fresh, load);
            if (!known && _entries.Count > capacity)
                MakeRoom();
            return fresh.Value.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Those that hold now.</summary>
    public IEnumerable<TValue> Values()
    {
        var now = time.GetTimestamp();
        return _entries.Values.Where(entry => entry.Value.Task.IsCompletedSuccessfully && !entry.IsStale(now)).Select(entry => entry.Value.Task.Result);
    }

    private async Task LoadAsync(string key, Entry entry, Func<string, Task<(TValue Value, TimeSpan Ttl)>> load)
    {
        try
        {
            var (value, ttl) = await load(key);
            entry.KeepUntil(time.GetTimestamp() + (long)(ttl.TotalSeconds * time.TimestampFrequency));
            entry.Value.SetResult(value);
        }
        catch (Exception fault)
        {
            _entries.TryRemove(KeyValuePair.Create(key, entry));
            entry.Value.SetException(fault);
        }
    }

    private void MakeRoom()
    {
        var now = time.GetTimestamp();
        foreach (var pair in _entries)
        {
            if (pair.Value.IsStale(now))
                _entries.TryRemove(pair);
        }
        foreach (var pair in _entries.Take(_entries.Count - capacity))
            _entries.TryRemove(pair);
    }

    private sealed class Entry
    {
        private long _staleAt = long.MaxValue;

        public TaskCompletionSource<TValue> Value { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsStale(long now) => now >= Volatile.Read(ref _staleAt);

        public void KeepUntil(long timestamp) => Volatile.Write(ref _staleAt, timestamp);
    }
}
