using System.Globalization;

namespace EnhancedMta.Feedback;

/// <summary>
/// Where an event stands in the feed: the index entry that made it readable, then log partition, feed page and place in the page. Ordered, unique,
/// and the same whenever and however the event is read. As text it sorts as it compares.
/// </summary>
public readonly record struct FeedEventId(long Position, int Shard, long Page, int Number) : IComparable<FeedEventId>
{
    private const int MaxShard = 999;
    private const long MaxPage = 999_999_999;
    private const int MaxNumber = 999;

    /// <summary>Before the first event.</summary>
    public static FeedEventId Start => default;

    /// <summary>After all events of an index entry.</summary>
    public static FeedEventId EndOf(long position) => new(position, MaxShard, MaxPage, MaxNumber);

    /// <summary>After all events of a feed page.</summary>
    public static FeedEventId EndOf(long position, int shard, long page) => new(position, shard, page, MaxNumber);

    public int CompareTo(FeedEventId other) =>
        (Position, Shard, Page, Number).CompareTo((other.Position, other.Shard, other.Page, other.Number));

    public static bool operator <(FeedEventId left, FeedEventId right) => left.CompareTo(right) < 0;

    public static bool operator <=(FeedEventId left, FeedEventId right) => left.CompareTo(right) <= 0;

    public static bool operator >(FeedEventId left, FeedEventId right) => left.CompareTo(right) > 0;

    public static bool operator >=(FeedEventId left, FeedEventId right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Position:D12}-{Shard:D3}-{Page:D9}-{Number:D3}");

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static bool TryParse(string? text, out FeedEventId id)
    {
        id = default;
        if (text?.Split('-') is not [{ Length: 12 } position, { Length: 3 } shard, { Length: 9 } page, { Length: 3 } number]
            || !long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var p)
            || !int.TryParse(shard, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            || !long.TryParse(page, NumberStyles.None, CultureInfo.InvariantCulture, out var f)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
            return false;
        id = new FeedEventId(p, s, f, n);
        return true;
    }
}
