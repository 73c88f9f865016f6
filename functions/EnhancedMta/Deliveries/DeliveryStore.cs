using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Deliveries;

/// <summary>Declared deliveries, and the index from a return path's delivery key to the delivery.</summary>
public sealed class DeliveryStore(TableClient table, TimeProvider clock)
{
    internal const string DeliveryPartition = "delivery";
    private const string ReturnPathPartition = "return-path";
    private const string DeliveryId = "DeliveryId";

    public async Task<Delivery?> FindAsync(string deliveryId, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(DeliveryPartition, deliveryId, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? Read(row.Value!) : null;
    }

    /// <summary>The delivery that a return path belongs to.</summary>
    public async Task<Delivery?> FindByReturnPathAsync(string deliveryKey, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(ReturnPathPartition, deliveryKey, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue && row.Value!.GetString(DeliveryId) is { } id ? await FindAsync(id, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>Declares the delivery, or updates what was declared. Partitions and a stop stay as they were.</summary>
    /// <returns>The delivery now, and whether it is new.</returns>
    public async Task<(Delivery Delivery, bool IsNew)> DeclareAsync(Declaration declaration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(declaration);
        while (true)
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(DeliveryPartition, declaration.DeliveryId, null, cancellationToken).ConfigureAwait(false);
            var known = row.HasValue ? Read(row.Value!) : null;
            var delivery = new Delivery
            {
                Id = declaration.DeliveryId,
                Label = declaration.Label,
                Sender = declaration.Sender,
                Validity = declaration.Validity,
                Lane = declaration.Lane,
                ExpectedSize = declaration.ExpectedSize,
                Metadata = declaration.Metadata,
                FeedbackUrl = declaration.FeedbackUrl,
                Shards = known?.Shards ?? ShardCount.For(declaration.ExpectedSize),
                Stopped = known?.Stopped ?? false,
                Declared = known?.Declared ?? clock.GetUtcNow(),
            };
            try
            {
                if (known is null)
                {
                    // The index first: a bounce must find the delivery of any message that went out.
                    var index = new TableEntity(ReturnPathPartition, ReturnPathCodec.DeliveryKey(delivery.Id)) { [DeliveryId] = delivery.Id };
                    await table.UpsertEntityAsync(index, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                    await table.AddEntityAsync(ToRow(delivery), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await table.UpdateEntityAsync(ToRow(delivery), row.Value!.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
                }

                return (delivery, known is null);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Declared or stopped by somebody else meanwhile: look again.
            }
        }
    }

    /// <summary>Marks the delivery Stopped.</summary>
    /// <returns>Null when there is no such delivery.</returns>
    public async Task<Delivery?> StopAsync(string deliveryId, CancellationToken cancellationToken)
    {
        if (await FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
            return null;
        var mark = new TableEntity(DeliveryPartition, deliveryId) { [nameof(Delivery.Stopped)] = true };
        await table.UpdateEntityAsync(mark, ETag.All, TableUpdateMode.Merge, cancellationToken).ConfigureAwait(false);
        return delivery with { Stopped = true };
    }

    /// <summary>All deliveries by id.</summary>
    /// <param name="from">Begins with this id; null for all.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async IAsyncEnumerable<Delivery> AllAsync(string? from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = $"PartitionKey eq '{DeliveryPartition}'" + (from is null ? "" : $" and RowKey ge '{SendingLog.LogKeys.Quote(from)}'");
        await foreach (var row in table.QueryAsync<TableEntity>(query, cancellationToken: cancellationToken).ConfigureAwait(false))
            yield return Read(row);
    }

    /// <summary>A page of deliveries by id, and the token of the next.</summary>
    public async Task<(IReadOnlyList<Delivery> Deliveries, string? Continuation)> ListAsync(int limit, string? continuation, CancellationToken cancellationToken)
    {
        var pages = table.QueryAsync<TableEntity>($"PartitionKey eq '{DeliveryPartition}'", limit, cancellationToken: cancellationToken).AsPages(continuation, limit);
        await foreach (var page in pages.ConfigureAwait(false))
            return ([.. page.Values.Select(Read)], string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken);
        return ([], null);
    }

    private static TableEntity ToRow(Delivery delivery) => new(DeliveryPartition, delivery.Id)
    {
        [nameof(Delivery.Label)] = delivery.Label,
        [nameof(Delivery.Sender)] = delivery.Sender,
        [nameof(Delivery.Validity)] = delivery.Validity.TotalSeconds,
        [nameof(Delivery.Lane)] = delivery.Lane.ToString(),
        [nameof(Delivery.ExpectedSize)] = delivery.ExpectedSize,
        [nameof(Delivery.Metadata)] = delivery.Metadata,
        [nameof(Delivery.FeedbackUrl)] = delivery.FeedbackUrl?.OriginalString,
        [nameof(Delivery.Shards)] = delivery.Shards,
        [nameof(Delivery.Stopped)] = delivery.Stopped,
        [nameof(Delivery.Declared)] = delivery.Declared,
    };

    private static Delivery Read(TableEntity row) => new()
    {
        Id = row.RowKey,
        Label = row.GetString(nameof(Delivery.Label)),
        Sender = row.GetString(nameof(Delivery.Sender)),
        Validity = TimeSpan.FromSeconds(row.GetDouble(nameof(Delivery.Validity)) ?? 0),
        Lane = Enum.Parse<Lane>(row.GetString(nameof(Delivery.Lane))),
        ExpectedSize = row.GetInt64(nameof(Delivery.ExpectedSize)),
        Metadata = row.GetString(nameof(Delivery.Metadata)),
        FeedbackUrl = row.GetString(nameof(Delivery.FeedbackUrl)) is { } url ? new Uri(url) : null,
        Shards = row.GetInt32(nameof(Delivery.Shards)) ?? 1,
        Stopped = row.GetBoolean(nameof(Delivery.Stopped)) ?? false,
        Declared = row.GetDateTimeOffset(nameof(Delivery.Declared)) ?? default,
    };
}
