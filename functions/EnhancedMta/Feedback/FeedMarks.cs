using Azure;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Feedback;

/// <summary>
/// Marks log partitions before events are written to them, so that somebody will collect these events. The counters row says that its partition is
/// marked, so this is done once for all the changes of a busy partition, and no clock decides whether a mark still holds.
/// </summary>
public sealed partial class FeedMarks(TableClient feed, FeedQueue queue, FeedOptions options, TimeProvider clock, ILogger<FeedMarks> logger)
{
    private long _asked = long.MinValue;

    /// <exception cref="RequestFailedException">Storage failed. Nothing may be written to the partition then.</exception>
    public async Task MarkAsync(LogPartition partition, CancellationToken cancellationToken)
    {
        // 1. The mark. 2. The queue message that has it seen soon. Dying before 2, or failing to send, leaves it to the sweeper.
        var now = clock.GetUtcNow();
        await feed.UpsertEntityAsync(FeedMark.Set(partition, now), TableUpdateMode.Merge, cancellationToken).ConfigureAwait(false);
        var asked = Interlocked.Read(ref _asked);
        // Less than a mark lives at least: whoever runs for an earlier mark sees the later ones.
        if (asked > (now - options.QuietTime / 2).UtcTicks || Interlocked.CompareExchange(ref _asked, now.UtcTicks, asked) != asked)
            return;
        try
        {
            await queue.CollectAsync(null, options.Interval, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RequestFailedException or TaskCanceledException or AggregateException or IOException)
        {
            Interlocked.Exchange(ref _asked, long.MinValue);
            LogNotAsked(e, partition.Key);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Events of {Partition} are to be collected, but that could not be queued; the sweeper will.")]
    private partial void LogNotAsked(Exception exception, string partition);
}
