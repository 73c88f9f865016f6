using System.Collections.Concurrent;

namespace EnhancedMta.Smtp;

/// <summary>Remembers for a while what went wrong with a host, so that not every session finds it out anew.</summary>
internal sealed class HostMemory(TimeProvider time)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, long> _until = new(StringComparer.Ordinal);

    public void Add(string key, TimeSpan duration)
    {
        var now = time.GetTimestamp();
        if (_until.Count >= Capacity)
        {
            foreach (var pair in _until.Where(pair => pair.Value <= now))
                _until.TryRemove(pair);
            // A flood of ailing hosts: better to find out again than to grow.
            if (_until.Count >= Capacity)
                _until.Clear();
        }
        _until[key] = now + (long)(duration.TotalSeconds * time.TimestampFrequency);
    }

    public bool Contains(string key)
    {
        if (!_until.TryGetValue(key, out var until))
            return false;
        if (until > time.GetTimestamp())
            return true;
        _until.TryRemove(KeyValuePair.Create(key, until));
        return false;
    }

    public void Remove(string key) => _until.TryRemove(key, out _);
}
