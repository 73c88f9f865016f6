using System.Globalization;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback;

/// <summary>Feed pages of one log partition, both ends included.</summary>
public readonly record struct PageRange(int Shard, long From, long To)
{
    public long Count => To - From + 1;
}

/// <summary>One step of the feed's index: pages of a delivery that became readable together.</summary>
/// <param name="Position">Its number. Numbers have no gaps, and each is given once.</param>
/// <param name="DeliveryId">Whose events.</param>
/// <param name="Pages">In the order in which they are read.</param>
/// <param name="Time">When it was written; never before an earlier entry's.</param>
public sealed record FeedEntry(long Position, string DeliveryId, IReadOnlyList<PageRange> Pages, DateTimeOffset Time)
{
    private const string PagesName = "Pages";

    /// <summary>The row in the order of all events, and the one in the delivery's own.</summary>
    public IEnumerable<TableEntity> ToRows() => new[] { FeedKeys.Entry(Position), FeedKeys.EntryOf(DeliveryId, Position) }.Select(key => new TableEntity(FeedKeys.Partition, key)
    {
        [nameof(DeliveryId)] = DeliveryId,
        [PagesName] = string.Join(',', Pages.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Shard}:{p.From}-{p.To}"))),
        [nameof(Time)] = Time,
    });

    public static FeedEntry Read(TableEntity row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new FeedEntry(
            Number(row.RowKey[(row.RowKey.LastIndexOf('~') + 1)..]),
            row.GetString(nameof(DeliveryId)),
            [.. row.GetString(PagesName).Split(',').Select(Range)],
            row.GetDateTimeOffset(nameof(Time)) ?? default);
    }

    private static PageRange Range(string text)
    {
        var (colon, dash) = (text.IndexOf(':', StringComparison.Ordinal), text.IndexOf('-', StringComparison.Ordinal));
        return new PageRange((int)Number(text[..colon]), Number(text[(colon + 1)..dash]), Number(text[(dash + 1)..]));
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
