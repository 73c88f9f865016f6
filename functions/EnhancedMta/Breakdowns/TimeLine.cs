namespace EnhancedMta.Breakdowns;

/// <summary>
/// Counts by hour, in bounded room whatever the age of a delivery: the newest hours one by one, those before them by day, what is older
/// still in one sum. A change to an hour long past finds the sum that holds it, so that nothing is lost, only told less finely.
/// </summary>
public sealed class TimeLine
{
    /// <summary>Hours that are told one by one at least: the validity period of 84 and half a day.</summary>
    public const int LeastHours = 96;

    /// <summary>Days before them, at least.</summary>
    public const int LeastDays = 90;

    private const int MostHours = LeastHours + 24;
    private const int MostDays = LeastDays + 30;
    private const int HoursPerDay = 24;

    private readonly SortedDictionary<long, HourTally> _hours = [];
    private readonly SortedDictionary<long, HourTally> _days = [];
    private HourTally _earlier;
    private long _fromHour;
    private long _fromDay;

    /// <summary>The newest hours with anything to count, in their order.</summary>
    public IEnumerable<(DateTimeOffset Hour, HourTally Counts)> Hours => _hours.Select(h => (new DateTimeOffset(h.Key * TimeSpan.TicksPerHour, TimeSpan.Zero), h.Value));

    /// <summary>Days (UTC) before these hours.</summary>
    public IEnumerable<(DateTimeOffset Day, HourTally Counts)> Days => _days.Select(d => (new DateTimeOffset(d.Key * TimeSpan.TicksPerDay, TimeSpan.Zero), d.Value));

    /// <summary>All before these days.</summary>
    public HourTally Earlier => _earlier;

    public HourTally Total => _hours.Values.Concat(_days.Values).Append(_earlier).Aggregate((a, b) => a + b);

    public bool IsEmpty => _hours.Count == 0 && _days.Count == 0 && _earlier == default;

    public void Add(DateTimeOffset time, HourTally counts)
    {
        AddHour(time.UtcTicks / TimeSpan.TicksPerHour, counts);
        Fold();
    }

    public void Add(TimeLine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        FoldLike(other);
        foreach (var (hour, counts) in other._hours)
            AddHour(hour, counts);
        foreach (var (day, counts) in other._days)
            AddDay(day, counts);
        _earlier += other._earlier;
        Fold();
    }

    /// <summary>Folds what <paramref name="other"/> has folded: then both tell times equally finely.</summary>
    public void FoldLike(TimeLine other)
    {
        ArgumentNullException.ThrowIfNull(other);
        FoldHours(other._fromHour);
        FoldDays(other._fromDay);
    }

    internal byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.WriteCount(_fromHour);
        writer.WriteCount(_fromDay);
        _earlier.Write(writer);
        Write(writer, _days);
        Write(writer, _hours);
        return buffer.ToArray();
    }

    internal static TimeLine Parse(byte[]? bytes)
    {
        var line = new TimeLine();
        if (bytes is not { Length: > 0 })
            return line;
        using var reader = new BinaryReader(new MemoryStream(bytes));
        line._fromHour = reader.ReadCount();
        line._fromDay = reader.ReadCount();
        line._earlier = HourTally.Read(reader);
        Read(reader, line._days);
        Read(reader, line._hours);
        return line;
    }

    private void AddHour(long hour, HourTally counts)
    {
        if (hour >= _fromHour)
            AddTo(_hours, hour, counts);
        else
            AddDay(hour / HoursPerDay, counts);
    }

    private void AddDay(long day, HourTally counts)
    {
        if (day >= _fromDay)
            AddTo(_days, day, counts);
        else
            _earlier += counts;
    }

    // Whole days at a time, so that a day is never told twice.
    private void Fold()
    {
        if (_hours.Count > MostHours)
            FoldHours((_hours.Keys.Last() - LeastHours + 1) / HoursPerDay * HoursPerDay);
        if (_days.Count > MostDays)
            FoldDays(_days.Keys.Last() - LeastDays + 1);
    }

    private void FoldHours(long from)
    {
        if (from <= _fromHour)
            return;
        _fromHour = from;
        foreach (var (hour, counts) in _hours.TakeWhile(h => h.Key < from).ToList())
        {
            _hours.Remove(hour);
            AddDay(hour / HoursPerDay, counts);
        }
    }

    private void FoldDays(long from)
    {
        if (from <= _fromDay)
            return;
        _fromDay = from;
        foreach (var (day, counts) in _days.TakeWhile(d => d.Key < from).ToList())
        {
            _days.Remove(day);
            _earlier += counts;
        }
    }

    private static void AddTo(SortedDictionary<long, HourTally> counts, long key, HourTally difference)
    {
        var sum = counts.GetValueOrDefault(key) + difference;
        if (sum == default)
            counts.Remove(key);
        else
            counts[key] = sum;
    }

    private static void Write(BinaryWriter writer, SortedDictionary<long, HourTally> counts)
    {
        writer.Write7BitEncodedInt(counts.Count);
        var last = 0L;
        foreach (var (key, value) in counts)
        {
            writer.WriteCount(key - last);
            value.Write(writer);
            last = key;
        }
    }

    private static void Read(BinaryReader reader, SortedDictionary<long, HourTally> counts)
    {
        var key = 0L;
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            counts[key += reader.ReadCount()] = HourTally.Read(reader);
    }
}
