using EnhancedMta.Breakdowns;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>The minutes of an hour, each with the number of the change that made it so.</summary>
internal sealed class TrafficHour
{
    private readonly SortedDictionary<int, (long Sequence, MinuteThroughput Counts)> _minutes = [];

    /// <summary>In their order.</summary>
    public IEnumerable<MinuteThroughput> Minutes => _minutes.Values.Select(m => m.Counts);

    /// <summary>Takes a minute as it is after a change, unless a later change is known.</summary>
    /// <returns>Whether anything is new.</returns>
    public bool Set(long sequence, MinuteThroughput counts)
    {
        var minute = counts.Minute.UtcDateTime.Minute;
        if (_minutes.TryGetValue(minute, out var known) && known.Sequence >= sequence)
            return false;
        _minutes[minute] = (sequence, counts);
        return true;
    }

    /// <summary>Adds to a minute.</summary>
    public void Add(MinuteThroughput counts)
    {
        var minute = counts.Minute.UtcDateTime.Minute;
        _minutes[minute] = (0, _minutes.TryGetValue(minute, out var known) ? known.Counts.Plus(counts) : counts);
    }

    /// <summary>Takes of each minute the later state.</summary>
    public void Merge(TrafficHour other)
    {
        foreach (var (sequence, counts) in other._minutes.Values)
            Set(sequence, counts);
    }

    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        foreach (var (minute, (sequence, counts)) in _minutes)
        {
            writer.Write((byte)minute);
            writer.WriteCount(sequence);
            writer.WriteCount(counts.Relayed);
            writer.WriteCount(counts.RelayedBytes);
            writer.WriteCount(counts.Delivered);
            writer.WriteCount(counts.DeliveredBytes);
            writer.WriteCount(counts.Failed);
            writer.WriteCount(counts.Deferred);
        }

        return buffer.ToArray();
    }

    /// <param name="hour">That it tells of.</param>
    /// <param name="bytes">Of <see cref="ToBytes"/>.</param>
    public static TrafficHour Parse(DateTimeOffset hour, byte[]? bytes)
    {
        var traffic = new TrafficHour();
        using var reader = new BinaryReader(new MemoryStream(bytes ?? []));
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var minute = reader.ReadByte();
            traffic._minutes[minute] = (reader.ReadCount(), new MinuteThroughput
            {
                Minute = hour.AddMinutes(minute),
                Relayed = reader.ReadCount(),
                RelayedBytes = reader.ReadCount(),
                Delivered = reader.ReadCount(),
                DeliveredBytes = reader.ReadCount(),
                Failed = reader.ReadCount(),
                Deferred = reader.ReadCount(),
            });
        }

        return traffic;
    }
}
