using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Feedback.Push;

/// <summary>Rows of the push: pointers from endpoints to deliveries that have something new, endpoints' states, and how far each delivery was pushed.</summary>
public sealed class PushTable(TableClient feed)
{
    internal const string Partition = "push";

    /// <summary>Points to a delivery. The pointer comes before its endpoint is woken, and goes when all was pushed.</summary>
    internal Task PointAsync(string endpointId, string deliveryId, CancellationToken cancellationToken) =>
        feed.UpsertEntityAsync(Pointer(endpointId, deliveryId), TableUpdateMode.Merge, cancellationToken);

    /// <param name="endpointId">Null for those of all endpoints.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    internal IAsyncEnumerable<PushPointer> PointersAsync(string? endpointId, CancellationToken cancellationToken) =>
        feed.QueryAsync<TableEntity>(FeedKeys.PointersFilter(endpointId), cancellationToken: cancellationToken).Select(row =>
        {
            var (endpoint, delivery) = FeedKeys.OfPointer(row.RowKey);
            return new PushPointer(endpoint, delivery, row.ETag);
        });

    /// <returns>False when it was set again meanwhile: there is something new.</returns>
    internal async Task<bool> RemoveAsync(PushPointer pointer, CancellationToken cancellationToken)
    {
        try
        {
            await feed.DeleteEntityAsync(FeedKeys.Partition, FeedKeys.Pointer(pointer.EndpointId, pointer.DeliveryId), pointer.ETag, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    /// <summary>The pointer as it is now; null when it is gone.</summary>
    internal async Task<PushPointer?> AgainAsync(PushPointer pointer, CancellationToken cancellationToken)
    {
        var row = await feed.GetEntityIfExistsAsync<TableEntity>(FeedKeys.Partition, FeedKeys.Pointer(pointer.EndpointId, pointer.DeliveryId), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? pointer with { ETag = row.Value!.ETag } : null;
    }

    /// <summary>The delivery has another endpoint now: both rows in one transaction.</summary>
    internal Task MoveAsync(PushPointer pointer, string endpointId, CancellationToken cancellationToken) => feed.SubmitTransactionAsync(
        [
            new TableTransactionAction(TableTransactionActionType.UpsertMerge, Pointer(endpointId, pointer.DeliveryId)),
            new TableTransactionAction(TableTransactionActionType.Delete, Pointer(pointer.EndpointId, pointer.DeliveryId), ETag.All),
        ],
        cancellationToken);

    internal IAsyncEnumerable<EndpointState> EndpointsAsync(CancellationToken cancellationToken) =>
        feed.QueryAsync<TableEntity>(EndpointState.Filter, cancellationToken: cancellationToken).Select(EndpointState.Read);

    internal async Task<EndpointState> EndpointAsync(string id, CancellationToken cancellationToken)
    {
        var row = await feed.GetEntityIfExistsAsync<TableEntity>(Partition, EndpointState.Key(id), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? EndpointState.Read(row.Value!) : new EndpointState(id);
    }

    internal async Task<DeliveryPush> DeliveryAsync(string id, CancellationToken cancellationToken)
    {
        var row = await feed.GetEntityIfExistsAsync<TableEntity>(Partition, DeliveryPush.Key(id), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? DeliveryPush.Read(row.Value!) : new DeliveryPush(id, FeedEventId.Start, null, null);
    }

    /// <returns>Null when somebody else wrote meanwhile.</returns>
    internal async Task<EndpointState?> WriteAsync(EndpointState state, CancellationToken cancellationToken) =>
        await WriteAsync(state.ToRow(), state.ETag, cancellationToken).ConfigureAwait(false) is { } etag ? state with { ETag = etag } : null;

    /// <returns>Null when somebody else wrote meanwhile.</returns>
    internal async Task<DeliveryPush?> WriteAsync(DeliveryPush state, CancellationToken cancellationToken) =>
        await WriteAsync(state.ToRow(), state.ETag, cancellationToken).ConfigureAwait(false) is { } etag ? state with { ETag = etag } : null;

    private async Task<ETag?> WriteAsync(TableEntity row, ETag? etag, CancellationToken cancellationToken)
    {
        try
        {
            var answer = etag is { } known
                ? await feed.UpdateEntityAsync(row, known, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false)
                : await feed.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
            return answer.Headers.ETag;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return null;
        }
    }

    private static TableEntity Pointer(string endpointId, string deliveryId) => new(FeedKeys.Partition, FeedKeys.Pointer(endpointId, deliveryId));
}

/// <summary>An endpoint is to be told of a delivery.</summary>
internal sealed record PushPointer(string EndpointId, string DeliveryId, ETag ETag);
