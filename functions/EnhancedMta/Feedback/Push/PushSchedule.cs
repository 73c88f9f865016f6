namespace EnhancedMta.Feedback.Push;

/// <summary>Wakes endpoints that have something to be told and may be tried.</summary>
public sealed class PushSchedule(PushTable table, FeedQueue queue, FeedbackSettings settings, TimeProvider clock)
{
    // While a worker has an endpoint, or is about to: it looks for news itself, and may die.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    // An operator may set an endpoint right, and say so to another instance.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Queues a message for each endpoint that is due.</summary>
    /// <returns>When to look again; null when nothing is to be pushed.</returns>
    public async Task<TimeSpan?> WakeAsync(CancellationToken cancellationToken)
    {
        if (settings.Keys.Count == 0)
            return null;
        var wanted = await table.PointersAsync(null, cancellationToken).Select(p => p.EndpointId).ToHashSetAsync(StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
        if (wanted.Count == 0)
            return null;
        var states = await table.EndpointsAsync(cancellationToken).ToDictionaryAsync(e => e.Id, StringComparer.Ordinal, cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var wait = Longest;
        foreach (var id in wanted)
        {
            var state = states.GetValueOrDefault(id) ?? new EndpointState(id);
            if (state.IsDue(now))
                await queue.PushAsync(id, cancellationToken).ConfigureAwait(false);
            var next = state.NextAttempt > now + Again ? state.NextAttempt.Value - now : Again;
            wait = next < wait ? next : wait;
        }

        return wait;
    }

    /// <summary>The delivery has an endpoint that it may not have had when its events came.</summary>
    public async Task PointAsync(FeedbackEndpoint endpoint, string deliveryId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        await table.PointAsync(endpoint.Id, deliveryId, cancellationToken).ConfigureAwait(false);
        await queue.CollectAsync(null, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets an endpoint's back-off.</summary>
    /// <returns>False when nothing was ever pushed to it.</returns>
    public async Task<bool> RetryAsync(string endpointId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await table.EndpointAsync(endpointId, cancellationToken).ConfigureAwait(false);
            if (state.ETag is null)
                return false;
            if (await table.WriteAsync(state with { NextAttempt = null }, cancellationToken).ConfigureAwait(false) is null)
                continue;
            await queue.PushAsync(endpointId, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    public async Task<bool> HasWorkAsync(CancellationToken cancellationToken) =>
        settings.Keys.Count > 0 && await table.PointersAsync(null, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false);
}
