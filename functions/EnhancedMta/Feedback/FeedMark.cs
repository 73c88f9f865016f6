using Azure;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>Says that a log partition may have feed pages that are not in the feed yet.</summary>
/// <param name="Partition">Which.</param>
/// <param name="Collected">Number of its newest page that the feed has, as far as the mark knows.</param>
/// <param name="Changed">When it was set, or last had something new.</param>
/// <param name="ETag">Of the row.</param>
internal sealed record FeedMark(LogPartition Partition, long Collected, DateTimeOffset Changed, ETag ETag)
{
    /// <summary>What the log's writer sets. <see cref="Collected"/> is left as it is.</summary>
    public static TableEntity Set(LogPartition partition, DateTimeOffset now) =>
        new(FeedKeys.Partition, FeedKeys.Mark(partition)) { [nameof(Changed)] = now };

    /// <summary>What the collector notes.</summary>
    public static TableEntity Noted(LogPartition partition, long collected, DateTimeOffset now) =>
        new(FeedKeys.Partition, FeedKeys.Mark(partition)) { [nameof(Collected)] = collected, [nameof(Changed)] = now };

    public static FeedMark Read(TableEntity row) =>
        new(FeedKeys.OfMark(row.RowKey), row.GetInt64(nameof(Collected)) ?? 0, row.GetDateTimeOffset(nameof(Changed)) ?? default, row.ETag);
}
