using System.Collections.Concurrent;
using EnhancedMta.Deliveries;

namespace EnhancedMta.Feedback.Push;

/// <summary>Where a delivery's feedback is pushed to: its own endpoint, or the instance's.</summary>
public sealed class FeedbackRoutes(DeliveryStore deliveries, FeedbackSettings settings, TimeProvider clock)
{
    // The collector only has to know whether somebody wants it; who it is the push asks itself. A delivery that gets its endpoint later is pointed to then.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<string, (FeedbackEndpoint? Endpoint, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);

    /// <summary>As it was at most a minute ago.</summary>
    public async Task<FeedbackEndpoint?> FindAsync(string deliveryId, CancellationToken cancellationToken)
    {
        if (settings.Keys.Count == 0)
            return null;
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(deliveryId, out var known) && now < known.Until)
            return known.Endpoint;
        var endpoint = await FindNowAsync(deliveryId, cancellationToken).ConfigureAwait(false);
        if (_known.Count >= MaxKept)
            _known.Clear();
        _known[deliveryId] = (endpoint, now + KeptFor);
        return endpoint;
    }

    /// <returns>Null when nobody wants it.</returns>
    public async Task<FeedbackEndpoint?> FindNowAsync(string deliveryId, CancellationToken cancellationToken) =>
        settings.Keys.Count == 0 ? null : Of(await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false));

    public FeedbackEndpoint? Of(Delivery? delivery) => delivery?.FeedbackUrl is { } url ? new FeedbackEndpoint(url) : settings.Endpoint;
}
