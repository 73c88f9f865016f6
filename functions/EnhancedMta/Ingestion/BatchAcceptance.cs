using System.Diagnostics;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Sweeping;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Ingestion;

/// <summary>Makes a batch durable: from here on it is ours alone to deliver.</summary>
internal sealed class BatchAcceptance(TableClient log, PackStore packs, LogLedger ledger, PartitionGuards guards, TimeProvider clock)
{
    // An OData filter may hold 15 comparisons; the partition's is one.
    private const int KeysPerQuery = 14;

    // Of a transaction that is refused for no row that we can find.
    private const int Tries = 3;

    /// <returns>How many messages were accepted; the others are duplicates.</returns>
    /// <exception cref="RequestFailedException">Storage failed; the batch may or may not be ours. The same request again is safe.</exception>
    public async Task<int> AcceptAsync(Delivery delivery, BatchBuilder builder, FreshOrders orders, CancellationToken cancellationToken)
    {
        // 1. The guard: should we die after 3, somebody will look at the partition.
        // 2. The pack. Dying here leaves a blob that nothing points to; it goes by age.
        // 3. Rows, counters, batch and events in one transaction: accepted.
        // 4. The queue message, with others' of the request. Dying before it, or failing to send it, is what the guard is for.
        using var activity = Traces.Begin("accept batch", ActivityKind.Producer);
        var now = clock.GetUtcNow();
        var id = Batch.NewId(now);
        activity?.SetTag("enhancedmta.delivery", delivery.Id).SetTag("enhancedmta.batch", id).SetTag("enhancedmta.messages", builder.Messages.Count);
        var name = PackStore.Name(delivery.Id, id);
        var expires = now + delivery.Validity;
        await Task.WhenAll(
            guards.EnsureAsync(builder.Partition, cancellationToken),
            StoreAsync(name, builder.Pack(now, expires), cancellationToken)).ConfigureAwait(false);

        var batch = new Batch { Partition = builder.Partition, Id = id, Pack = name, Lane = delivery.Lane, Count = builder.Messages.Count, Queued = now };
        for (var inVain = 0; ;)
        {
            var change = Change(batch, builder.Messages, now, expires);
            var result = await LogAsync(builder.Partition, change, cancellationToken).ConfigureAwait(false);
            if (result.Status == CommitStatus.Committed)
            {
                IngestionMetrics.CountAccepted(batch.OpenCount, batch.Lane);
                var fresh = result.BatchETags is [var etag] && batch.Done == 0 ? new FreshBatch(etag.ToString(), batch.Count, batch.Lane, batch.Queued) : null;
                await orders.AddAsync(new BatchOrder(batch.Partition.Key, batch.Id, fresh, Traces.Context(activity)), batch.OpenCount, builder.Bytes).ConfigureAwait(false);
                return batch.OpenCount;
            }

            // Some are ours already: their slots are done from the start. The pack stays as it is.
            var existing = await ExistingAsync(builder, cancellationToken).ConfigureAwait(false);
            // What stood in the way may be gone by now: an erasure, the day's purge, or an answer of storage's that was wrong.
            if ((batch.Done | existing) == batch.Done && ++inVain == Tries)
                throw new InvalidOperationException($"Storage refuses the rows of batch {batch.Partition.Key}/{batch.Id}, yet none of them exists.");
            batch = batch with { Done = batch.Done | existing };
            if (batch.IsComplete)
                return 0;
        }
    }

    private async Task StoreAsync(string name, BinaryData pack, CancellationToken cancellationToken)
    {
        using var phase = Phases.Time(Phases.Store);
        await packs.WriteAsync(name, pack, cancellationToken).ConfigureAwait(false);
    }

    private async Task<CommitResult> LogAsync(LogPartition partition, LogChange change, CancellationToken cancellationToken)
    {
        using var phase = Phases.Time(Phases.Log);
        return await ledger.CommitAsync(partition, change, cancellationToken).ConfigureAwait(false);
    }

    private static LogChange Change(Batch batch, List<PackItem> messages, DateTimeOffset now, DateTimeOffset expires)
    {
        var change = new LogChange();
        var bytes = 0L;
        for (var slot = 0; slot < messages.Count; slot++)
        {
            if (batch.IsDone(slot))
                continue;
            var message = messages[slot];
            change.NewMessages.Add(MessageRow.Accepted(batch.Partition, message.MessageId, message.To, message.Length, now, expires, batch.Id, slot));
            change.Events.Add(new DeliveryEvent { Type = DeliveryEventType.Relayed, MessageId = message.MessageId });
            change.Move(null, new Standing(message.Domain, null, MessageState.Queued), now);
            bytes += message.Length;
        }

        change.Batches.Add(new TableTransactionAction(TableTransactionActionType.Add, batch.ToRow()));
        change.Counters.Relayed = change.NewMessages.Count;
        change.Counters.RelayedBytes = bytes;
        change.Throughput = new MinuteThroughput { Relayed = change.NewMessages.Count, RelayedBytes = bytes };
        return change;
    }

    /// <summary>The slots whose messages the partition has.</summary>
    private async Task<UInt128> ExistingAsync(BatchBuilder builder, CancellationToken cancellationToken)
    {
        var slots = builder.Messages.Select((m, slot) => (Key: LogKeys.Message(m.MessageId), Slot: slot)).ToDictionary(m => m.Key, m => m.Slot, StringComparer.Ordinal);
        UInt128 existing = 0;
        foreach (var chunk in slots.Keys.Chunk(KeysPerQuery))
        {
            var keys = string.Join(" or ", chunk.Select(k => $"RowKey eq '{LogKeys.Quote(k)}'"));
            var rows = log.QueryAsync<TableEntity>($"PartitionKey eq '{builder.Partition.Key}' and ({keys})", select: ["RowKey"], cancellationToken: cancellationToken);
            await foreach (var row in rows.ConfigureAwait(false))
                existing |= UInt128.One << slots[row.RowKey];
        }

        return existing;
    }
}
