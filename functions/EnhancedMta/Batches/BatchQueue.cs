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
}
