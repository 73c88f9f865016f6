using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>
/// What this process committed, minute by minute, until <see cref="TrafficKeeping"/> writes it down: nothing is asked of storage when a change
/// of the log is made. Of a log partition it keeps each minute as it is after the last change, not what was added: several processes may then
/// tell of the same partition, and whoever looks at it again after a death tells nothing twice.
/// </summary>
public sealed class TrafficBook
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<(DateTimeOffset Hour, string Key), Entry> _entries = [];

    /// <summary>A transaction of the log was made.</summary>
    /// <param name="partition">Whose.</param>
    /// <param name="sequence">Its number there.</param>
    /// <param name="minute">The partition's minute with it.</param>
    /// <param name="paths">What it says of paths, by key; counted to the same minute.</param>
    public void Committed(LogPartition partition, long sequence, MinuteThroughput minute, IEnumerable<IReadOnlyDictionary<string, MinuteThroughput>> paths)
    {
        ArgumentNullException.ThrowIfNull(minute);
        ArgumentNullException.ThrowIfNull(paths);
        lock (_lock)
        {
            var entry = Find(HourOf(minute.Minute), TrafficTable.LogKey(partition));
            entry.IsChanged |= entry.Traffic.Set(sequence, minute);
            foreach (var (path, counts) in paths.SelectMany(p => p))
            {
                var used = Find(HourOf(minute.Minute), TrafficTable.PathKey(path));
                used.Traffic.Add(counts with { Minute = minute.Minute });
                used.IsChanged = true;
            }
        }
    }

    /// <summary>What changed since the last call.</summary>
    internal IReadOnlyList<TrafficRow> TakeChanged()
    {
        lock (_lock)
        {
            var changed = new List<TrafficRow>();
            foreach (var ((hour, key), entry) in _entries.Where(e => e.Value.IsChanged))
            {
                entry.IsChanged = false;
                changed.Add(new TrafficRow(hour, key, entry.Traffic.ToBytes()));
            }

            return changed;
        }
    }

    /// <summary>These could not be written.</summary>
    internal void GiveBack(IEnumerable<TrafficRow> rows)
    {
        lock (_lock)
        {
            foreach (var row in rows)
            {
                if (_entries.TryGetValue((row.Hour, row.Key), out var entry))
                    entry.IsChanged = true;
            }
        }
    }

    /// <summary>Lets go of what is written and long past.</summary>
    internal void Forget(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (key, _) in _entries.Where(e => !e.Value.IsChanged && e.Key.Hour < now - Kept).ToList())
                _entries.Remove(key);
        }
    }

    internal static DateTimeOffset HourOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);

    private Entry Find(DateTimeOffset hour, string key)
    {
        if (!_entries.TryGetValue((hour, key), out var entry))
            _entries[(hour, key)] = entry = new Entry();
        return entry;
    }

    private sealed class Entry
    {
        public TrafficHour Traffic { get; } = new();

        public bool IsChanged { get; set; }
    }
}

/// <summary>What a process tells of an hour of a log partition or a path.</summary>
internal sealed record TrafficRow(DateTimeOffset Hour, string Key, byte[] Minutes);
