using System.Globalization;
using EnhancedMta.Batches;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Schedule;

/// <param name="Bucket">The minute, with its kind.</param>
/// <param name="RowKey">A log partition; for a retry <c>~</c> and the batch id after it.</param>
/// <param name="Lane">The queue of a retry.</param>
/// <param name="Count">Messages of the batch that a retry points to.</param>
public sealed record SchedulePointer(string Bucket, string RowKey, Lane Lane, int Count = Batch.MaxMessages)
{
    /// <summary>The minute for which it was written.</summary>
    public DateTimeOffset Minute => DateTimeOffset.ParseExact(Bucket.AsSpan(Bucket.LastIndexOf('~') + 1), "yyyyMMddHHmm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>What a guard points to.</summary>
    public LogPartition Partition => LogPartition.Parse(RowKey);

    /// <summary>What a retry points to.</summary>
    public BatchOrder ToOrder() => BatchOrder.OfKey(RowKey);
}
