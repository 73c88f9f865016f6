namespace EnhancedMta.Feedback.Push;

/// <summary>What one delivery's endpoint is still to be told. Several batches are read at once: a read asks each log partition.</summary>
internal sealed class PushBacklog(FeedReader reader, string deliveryId)
{
    private const int BatchesAtOnce = 4;

    private IReadOnlyList<(FeedEventId Id, FeedEvent Event)> _events = [];
    private int _at;

    /// <summary>The next batch: the one that was planned, if there is one.</summary>
    /// <returns>Null when all was told.</returns>
    public async Task<PushBatch?> NextAsync(DeliveryPush state)
    {
        while (_at < _events.Count && _events[_at].Id <= state.Done)
            _at++;
        if (_at == _events.Count)
        {
            _events = (await reader.ReadAsync(state.Done, PushBatch.MaxEvents * BatchesAtOnce, deliveryId, CancellationToken.None).ConfigureAwait(false)).Events;
            _at = 0;
        }

        return PushBatch.Of(deliveryId, _events.Skip(_at), state.Planned) ?? PushBatch.Of(deliveryId, _events.Skip(_at), null);
    }
}
