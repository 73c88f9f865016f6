using EnhancedMta.Storage;

namespace EnhancedMta.Batches;

/// <summary>Puts batches on the relay queue of their lane.</summary>
public sealed class BatchQueue(StorageAccount storage)
{
    // A queue message must outlive the validity period; what it points to decides whether there is still work.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(7);

    /// <param name="lane">Which queue.</param>
    /// <param name="order">Which batch.</param>
    /// <param name="delay">Invisible for so long, or null.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task SendAsync(Lane lane, BatchOrder order, TimeSpan? delay, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        await storage.Relay(lane).SendMessageAsync(order.ToJson(), delay, TimeToLive, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When the message at the head of the lane's queue was put there; null when no message is visible.</summary>
    public async Task<DateTimeOffset?> HeadInsertedAsync(Lane lane, CancellationToken cancellationToken)
    {
        var head = await storage.Relay(lane).PeekMessageAsync(cancellationToken).ConfigureAwait(false);
        return head.Value?.InsertedOn;
    }

    /// <summary>How the lane's queue stands, by storage's own clock: one operation when it is empty, two when not.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<QueueReading> ReadAsync(Lane lane, CancellationToken cancellationToken)
    {
        var properties = await storage.Relay(lane).GetPropertiesAsync(cancellationToken).ConfigureAwait(false);
        var depth = properties.Value.ApproximateMessagesCount;
        if (depth == 0)
            return new QueueReading(TimeOf(properties), null, 0);
        var head = await storage.Relay(lane).PeekMessageAsync(cancellationToken).ConfigureAwait(false);
        return new QueueReading(TimeOf(head), head.Value?.InsertedOn, depth);
    }

    /// <summary>Ours may be off by minutes. Storage answers with a Date, as every HTTP server with a clock must (RFC 9110 §6.6.1).</summary>
    private static DateTimeOffset TimeOf<T>(Azure.NullableResponse<T> answer) =>
        answer.GetRawResponse().Headers.Date ?? throw new Azure.RequestFailedException("Storage does not say what time it is.");
}
