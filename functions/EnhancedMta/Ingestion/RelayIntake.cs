using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.MessageIds;
using EnhancedMta.Packs;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Ingestion;

/// <summary>Takes over the messages of a relay request, batch by batch while the request is still being read.</summary>
public sealed class RelayIntake(
    StorageAccount storage, PackStore packs, LogLedger ledger, BatchQueue queue, PartitionGuards guards, RelayRequestReader reader, MessageIdIndex messageIds, TimeProvider clock, ILogger<RelayIntake> logger)
{
    // Reading goes on while so many batches are being written; more only costs memory.
    private const int Parallel = 4;

    private readonly BatchAcceptance _acceptance = new(storage.Log, packs, ledger, guards, clock);

    /// <summary>Reads the request to its end and accepts what is valid in it.</summary>
    /// <exception cref="RelayIntakeException">The request broke off or storage failed; tells what was accepted until then.</exception>
    /// <exception cref="OperationCanceledException">The caller hung up.</exception>
    public async Task<RelayAnswer> AcceptAsync(Delivery delivery, RelayRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var tally = new Tally(delivery.Lane);
        var builders = new Dictionary<LogPartition, BatchBuilder>();
        var writing = new List<Task>();
        var ids = messageIds.Begin();
        var orders = new FreshOrders(queue, delivery.Lane, logger);
        var stretches = delivery.Lane == Lane.Marketing ? new ParsingStretches(clock) : null;
        try
        {
            await foreach (var line in reader.ReadAsync(request, cancellationToken).ConfigureAwait(false))
            {
                if (stretches is not null)
                    await stretches.PauseAsync().ConfigureAwait(false);
                if (line is not IncomingMessage message)
                {
                    tally.Reject((RejectedLine)line);
                    continue;
                }

                tally.Warnings.See(message);
                var partition = LogPartition.Of(delivery.Id, message.MessageId, delivery.Shards);
                if (!builders.TryGetValue(partition, out var builder))
                    builders[partition] = builder = new BatchBuilder(partition);
                if (!builder.TryAdd(message))
                    tally.Duplicate();
                else if (message.OwnMessageId is { } id)
                    await ids.AddAsync(id, partition, message.MessageId, cancellationToken).ConfigureAwait(false);
                if (!builder.IsFull)
                    continue;
                builders.Remove(partition);
                await AddAsync(writing, WriteAsync(delivery, builder, orders, tally, cancellationToken)).ConfigureAwait(false);
            }

            foreach (var builder in builders.Values)
                await AddAsync(writing, WriteAsync(delivery, builder, orders, tally, cancellationToken)).ConfigureAwait(false);
            await Task.WhenAll([ids.CompleteAsync(cancellationToken), .. writing]).ConfigureAwait(false);
        }
        catch (RelayRequestException e)
        {
            // What was read before the fault stays valid, so it is accepted.
            writing.Add(ids.CompleteAsync(cancellationToken));
            foreach (var builder in builders.Values)
                writing.Add(WriteAsync(delivery, builder, orders, tally, cancellationToken));
            await SettleAsync(writing).ConfigureAwait(false);
            throw new RelayIntakeException(e.Status, e.Title, e.Detail, tally.Answer(), e);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The caller's connection broke off, or its framing is wrong.
            await SettleAsync(writing).ConfigureAwait(false);
            throw;
        }
        catch (Exception e) when (e is Azure.RequestFailedException or AggregateException or IOException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            await SettleAsync(writing).ConfigureAwait(false);
            throw new RelayIntakeException(503, "Storage is not available", "Some messages could not be stored. Send the same request again: nothing is sent twice.", tally.Answer(), e);
        }
        catch (OperationCanceledException)
        {
            await SettleAsync(writing).ConfigureAwait(false);
            throw;
        }
        finally
        {
            // Those that are being written end by themselves.
            foreach (var builder in builders.Values)
                builder.Dispose();
            // However it ended: what was accepted is ours to deliver.
            await orders.FlushAsync().ConfigureAwait(false);
        }

        return tally.Answer();
    }

    private async Task WriteAsync(Delivery delivery, BatchBuilder builder, FreshOrders orders, Tally tally, CancellationToken cancellationToken)
    {
        // Off the reader's thread.
        await Task.Yield();
        using (builder)
        {
            var accepted = await _acceptance.AcceptAsync(delivery, builder, orders, cancellationToken).ConfigureAwait(false);
            tally.Accept(accepted, builder.Messages.Count - accepted);
        }
    }

    private static async Task AddAsync(List<Task> writing, Task task)
    {
        writing.Add(task);
        while (writing.Count > Parallel)
        {
            var done = await Task.WhenAny(writing).ConfigureAwait(false);
            writing.Remove(done);
            await done.ConfigureAwait(false);
        }
    }

    /// <summary>Waits for what is under way, whatever becomes of it: the answer tells what was accepted.</summary>
    private static async Task SettleAsync(List<Task> writing) =>
        await Task.WhenAll(writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private sealed class Tally(Lane lane)
    {
        private readonly List<RejectedLine> _rejected = [];
        private int _accepted;
        private int _duplicates;
        private int _rejectedCount;

        public RelayWarnings Warnings { get; } = new(lane);

        public void Accept(int accepted, int duplicates)
        {
            Interlocked.Add(ref _accepted, accepted);
            Interlocked.Add(ref _duplicates, duplicates);
        }

        public void Duplicate() => Interlocked.Increment(ref _duplicates);

        public void Reject(RejectedLine line)
        {
            _rejectedCount++;
            if (_rejected.Count < RelayAnswer.MaxRejectedListed)
                _rejected.Add(line);
        }

        public RelayAnswer Answer() => new(Volatile.Read(ref _accepted), Volatile.Read(ref _duplicates), [.. _rejected], _rejectedCount) { Warnings = Warnings.List() };
    }
}
