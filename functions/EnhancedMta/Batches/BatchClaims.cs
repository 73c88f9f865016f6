using System.Globalization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Batches;

/// <summary>One worker per batch: a claim is a write to the batch row on its ETag, with an end that the worker puts off while it lives.</summary>
public sealed class BatchClaims(TableClient log, TimeProvider clock, BatchOptions options)
{
    private readonly string _process = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private long _claims;

    /// <summary>Claims the batch of an order.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public Task<Claim> ClaimAsync(BatchOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        return ClaimAsync(order, NewOwner(), cancellationToken);
    }

    /// <summary>Claims batches of one partition with one look and one transaction, whatever their number.</summary>
    /// <returns>By batch id. Dying in between leaves all of them or none claimed.</returns>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyDictionary<string, Claim>> ClaimAllAsync(IReadOnlyList<BatchOrder> orders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(orders);
        var claims = new Dictionary<string, Claim>(StringComparer.Ordinal);
        if (orders is [var single])
        {
            claims.Add(single.BatchId, await ClaimAsync(single, cancellationToken).ConfigureAwait(false));
            return claims;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (orders.All(o => o.Fresh is not null))
            return await ClaimAllFreshAsync(orders, cancellationToken).ConfigureAwait(false);
        var rows = await ReadAsync(orders, cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var free = rows.Values.Where(b => !b.IsClaimed(now)).Select(b => Claimed(b, NewOwner(), now)).ToDictionary(b => b.Id, StringComparer.Ordinal);
        cancellationToken.ThrowIfCancellationRequested();
        var ours = free.Count == 0 ? []
            : await TakeAsync([.. free.Values], [.. free.Values.Select(b => new TableTransactionAction(TableTransactionActionType.UpdateReplace, b.ToRow(), b.ETag))]).ConfigureAwait(false);
        foreach (var order in orders)
        {
            if (!rows.TryGetValue(order.BatchId, out var batch))
                claims[order.BatchId] = Claim.Gone;
            else if (!free.TryGetValue(order.BatchId, out var claimed))
                claims[order.BatchId] = Claim.Held(batch);
            else if (ours is not null)
                claims[order.BatchId] = Claim.Ours(ours[order.BatchId], batch.ClaimedBy is not null);
            else
                // Somebody was faster with one of them, or the answer got lost: each row tells.
                claims[order.BatchId] = await ClaimAsync(order, claimed.ClaimedBy!, cancellationToken).ConfigureAwait(false);
        }

        return claims;
    }

    /// <summary>The same for batches that nobody has touched since they were accepted: without a look.</summary>
    private async Task<IReadOnlyDictionary<string, Claim>> ClaimAllFreshAsync(IReadOnlyList<BatchOrder> orders, CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + options.ClaimLifetime;
        var batches = orders.Select(o => Fresh(o, NewOwner(), until)).ToList();
        if (await TakeAsync(batches, [.. batches.Select(b => new TableTransactionAction(TableTransactionActionType.UpdateMerge, FreshClaim(b), b.ETag))]).ConfigureAwait(false) is { } ours)
            return ours.ToDictionary(b => b.Key, b => Claim.Ours(b.Value, tookOver: false), StringComparer.Ordinal);
        var claims = new Dictionary<string, Claim>(StringComparer.Ordinal);
        // Somebody was faster with one of them, or the answer got lost: each row tells.
        foreach (var (order, batch) in orders.Zip(batches))
            claims[order.BatchId] = await ClaimAsync(order with { Fresh = null }, batch.ClaimedBy!, cancellationToken).ConfigureAwait(false);
        return claims;
    }

    /// <returns>With their new ETags, by id; null when one of the rows moved.</returns>
    private async Task<Dictionary<string, Batch>?> TakeAsync(IReadOnlyList<Batch> batches, IReadOnlyList<TableTransactionAction> actions)
    {
        try
        {
            // Not cancelled, as below.
            var answer = await log.SubmitTransactionAsync(actions, CancellationToken.None).ConfigureAwait(false);
            return batches.Select((b, i) => b with { ETag = answer.Value[i].Headers.ETag!.Value }).ToDictionary(b => b.Id, StringComparer.Ordinal);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return null;
        }
    }

    private async Task<Claim> ClaimAsync(BatchOrder order, string owner, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (order.Fresh is not null && await ClaimFreshAsync(order, owner).ConfigureAwait(false) is { } fresh)
            return Claim.Ours(fresh, tookOver: false);
        var tookOver = false;
        while (await ReadAsync(order.LogPartition, order.BatchId, cancellationToken).ConfigureAwait(false) is { } batch)
        {
            // Ours already: the write took place and its answer got lost.
            if (batch.ClaimedBy == owner)
                return Claim.Ours(batch, tookOver);
            var now = clock.GetUtcNow();
            if (batch.IsClaimed(now))
                return Claim.Held(batch);
            tookOver = batch.ClaimedBy is not null;
            var claimed = Claimed(batch, owner, now);
            try
            {
                // Not cancelled: whoever stops waiting for the answer has the claim all the same, and nobody would give it up.
                var answer = await log.UpdateEntityAsync(claimed.ToRow(), batch.ETag, TableUpdateMode.Replace, CancellationToken.None).ConfigureAwait(false);
                return Claim.Ours(claimed with { ETag = answer.Headers.ETag!.Value }, tookOver);
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                // Somebody was faster: the row tells who.
            }
        }

        return Claim.Gone;
    }

    private string NewOwner() => string.Create(CultureInfo.InvariantCulture, $"{_process}.{Interlocked.Increment(ref _claims)}");

    private Batch Claimed(Batch batch, string owner, DateTimeOffset now) => batch with
    {
        ClaimedBy = owner,
        ClaimedUntil = now + options.ClaimLifetime,
        // What an earlier worker may have sent is kept in the row: we too may die before we settle anything.
        PossibleRepeats = batch.PossibleRepeats + (batch.ClaimedBy is null ? 0 : Math.Min(options.InFlight, batch.OpenCount)),
    };

    /// <summary>Claims a batch that nobody has touched since it was accepted: one operation instead of two.</summary>
    private async Task<Batch?> ClaimFreshAsync(BatchOrder order, string owner)
    {
        var batch = Fresh(order, owner, clock.GetUtcNow() + options.ClaimLifetime);
        try
        {
            var answer = await log.UpdateEntityAsync(FreshClaim(batch), batch.ETag, TableUpdateMode.Merge, CancellationToken.None).ConfigureAwait(false);
            return batch with { ETag = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
    }

    /// <summary>The batch of an order that tells all of it, claimed but for its ETag, which is that of before.</summary>
    private static Batch Fresh(BatchOrder order, string owner, DateTimeOffset until) => new()
    {
        Partition = order.LogPartition,
        Id = order.BatchId,
        Pack = PackStore.Name(order.LogPartition.DeliveryId, order.BatchId),
        Lane = order.Fresh!.Lane,
        Count = order.Fresh.Count,
        Queued = order.Fresh.Queued,
        ClaimedBy = owner,
        ClaimedUntil = until,
        ETag = new ETag(order.Fresh.ETag),
    };

    private static TableEntity FreshClaim(Batch batch) =>
        new(batch.Partition.Key, LogKeys.Batch(batch.Id)) { [nameof(Batch.ClaimedBy)] = batch.ClaimedBy, [nameof(Batch.ClaimedUntil)] = batch.ClaimedUntil };

    /// <summary>The batch row as it is now; null when the batch is complete.</summary>
    public async Task<Batch?> ReadAsync(LogPartition partition, string batchId, CancellationToken cancellationToken)
    {
        var row = await log.GetEntityIfExistsAsync<TableEntity>(partition.Key, LogKeys.Batch(batchId), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? Batch.Read(row.Value!) : null;
    }

    /// <summary>Several rows in one query. The range keeps storage from scanning the whole partition for them.</summary>
    private async Task<Dictionary<string, Batch>> ReadAsync(IReadOnlyList<BatchOrder> orders, CancellationToken cancellationToken)
    {
        var keys = orders.Select(o => LogKeys.Batch(o.BatchId)).Order(StringComparer.Ordinal).ToList();
        var range = TableClient.CreateQueryFilter($"PartitionKey eq {orders[0].Partition} and RowKey ge {keys[0]} and RowKey le {keys[^1]}");
        var any = string.Join(" or ", keys.Select(key => TableClient.CreateQueryFilter($"RowKey eq {key}")));
        var rows = new Dictionary<string, Batch>(StringComparer.Ordinal);
        await foreach (var row in log.QueryAsync<TableEntity>($"{range} and ({any})", cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var batch = Batch.Read(row);
            rows[batch.Id] = batch;
        }

        return rows;
    }

    /// <summary>Puts off the claim's end, or gives the claim up.</summary>
    /// <returns>The batch with its new ETag; null when the row moved.</returns>
    public async Task<Batch?> UpdateAsync(Batch batch, bool keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var updated = keep
            ? batch with { ClaimedUntil = clock.GetUtcNow() + options.ClaimLifetime }
            : batch with { ClaimedBy = null, ClaimedUntil = null };
        try
        {
            var answer = await log.UpdateEntityAsync(updated.ToRow(), batch.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return updated with { ETag = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
    }
}

/// <summary>What an attempt to claim came to.</summary>
/// <param name="Batch">The batch as claimed, or as another worker holds it; null when it is complete.</param>
/// <param name="IsOurs">We have it.</param>
/// <param name="TookOver">An earlier worker had it and died or hung: what it had in flight may have gone out.</param>
public sealed record Claim(Batch? Batch, bool IsOurs, bool TookOver)
{
    public static Claim Gone { get; } = new(null, false, false);

    public static Claim Held(Batch batch) => new(batch, false, false);

    public static Claim Ours(Batch batch, bool tookOver) => new(batch, true, tookOver);
}
