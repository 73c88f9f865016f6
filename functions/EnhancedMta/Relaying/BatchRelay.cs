using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Copies;
using EnhancedMta.Incidents;
using EnhancedMta.Modes;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Telemetry;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Relaying;

/// <summary>Relays the messages of one batch to their recipients' MXs: what a queue message asks for.</summary>
public sealed partial class BatchRelay(
    BatchClaims claims, BatchQueue queue, PackStore packs, LogLedger ledger, LogReader reader, WaitingBatches waiting, MessageRelay messages,
    ModeSwitch modes, IncidentLog incidents, TimeProvider clock, BatchOptions options, CopyOptions copies, ILogger<BatchRelay> logger)
{
    /// <summary>What is in mid-message when the host stops gets so long to finish; cut off it could be sent twice.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>Works on a batch until it is settled, given back or found to be somebody else's.</summary>
    /// <param name="lane">The queue that the message came from.</param>
    /// <param name="orderJson">The queue message.</param>
    /// <param name="cancellationToken">The host stops: what has not begun is given back.</param>
    /// <exception cref="FormatException">The queue message is not ours; the host will poison it.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed; the host tries the queue message again.</exception>
    public async Task RunAsync(Lane lane, string orderJson, CancellationToken cancellationToken)
    {
        var orders = BatchOrder.Parse(orderJson).Each();
        await Task.WhenAll(orders.GroupBy(o => o.Partition).SelectMany(partition => Together(lane, [.. partition], cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Batches of one partition: one claim for all, when the first asks for it, and company to settle in.</summary>
    private IEnumerable<Task> Together(Lane lane, IReadOnlyList<BatchOrder> orders, CancellationToken cancellationToken)
    {
        var company = new BatchCompany(orders.Count);
        var all = new Lazy<Task<IReadOnlyDictionary<string, Claim>>>(() => claims.ClaimAllAsync(orders, cancellationToken));
        return orders.Select(order => RunAsync(lane, order, async () => (await all.Value.ConfigureAwait(false))[order.BatchId], company.Take(), cancellationToken));
    }

    private async Task RunAsync(Lane lane, BatchOrder order, Func<Task<Claim>> claim, BatchCompany.Place place, CancellationToken cancellationToken)
    {
        // 1. Does anybody send? 2. Claim. 3. Read the pack. 4. Send what is open, settling while it goes. 5. Give back what is left.
        using var activity = Traces.Begin("relay batch", ActivityKind.Consumer, order.Trace);
        activity?.SetTag("enhancedmta.delivery", order.LogPartition.DeliveryId).SetTag("enhancedmta.batch", order.BatchId);
        var began = clock.GetTimestamp();
        var result = "failed";
        try
        {
            result = await RelayAsync(lane, order, claim, place, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            place.Dispose();
            RelayMetrics.RecordBatch(clock.GetElapsedTime(began), lane, result);
            activity?.SetTag("enhancedmta.result", result).SetStatus(result == "failed" ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }

    /// <returns>What came of it, in a word.</returns>
    private async Task<string> RelayAsync(Lane lane, BatchOrder order, Func<Task<Claim>> claiming, BatchCompany.Place place, CancellationToken cancellationToken)
    {
        using var working = modes.Working();
        var (mode, modeEnds) = await modes.CurrentAsync(cancellationToken).ConfigureAwait(false);
        if (mode == OperatingMode.Maintenance)
        {
            await waiting.HoldAsync(lane, order, cancellationToken).ConfigureAwait(false);
            return "held";
        }

        var claim = await ClaimAsync(claiming).ConfigureAwait(false);
        if (claim.Batch is not { } batch)
            return "gone";
        if (!claim.IsOurs)
        {
            await ComeBackAsync(batch, order.Trace, cancellationToken).ConfigureAwait(false);
            return "busy";
        }

        var began = clock.GetTimestamp();
        RelayMetrics.RecordQueueTime(clock.GetUtcNow() - (batch.Due ?? batch.Queued), batch.Lane);

        if (claim.TookOver)
            LogTookOver(order.Partition, batch.Id, batch.OpenCount);
        var (pack, items) = await OpenAsync(batch, cancellationToken).ConfigureAwait(false);
        using var content = pack;
        if (batch.IsCopy && (pack is null || copies.Address is null))
        {
            await DropCopiesAsync(batch, items, cancellationToken).ConfigureAwait(false);
            return "complete";
        }

        using var settler = new BatchSettler(batch, ledger, claims, waiting, queue, clock, options, copies, logger);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, settler.Lost, modeEnds);
        stop.CancelAfter(options.RunTime);
        using var abort = new CancellationTokenSource();
        using var registration = stop.Token.Register(() => abort.CancelAfter(Grace));
        var run = new RelayRun(batch.Lane, mode == OperatingMode.Native, pack, settler, Jitter(batch), stop.Token, abort.Token) { CopySender = batch.IsCopy ? copies.Sender : null };
        var work = messages.RelayAsync(items, run);
        try
        {
            await settler.RunAsync(place.AfterAsync(work, stop.Token)).ConfigureAwait(false);
        }
        finally
        {
            // Only when settling failed for good is there anything left to stop.
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        LogBatch(batch.Partition.Key, batch.Id, string.Join(", ", settler.Counts.Select(c => $"{c.Value} {c.Key}")), (long)clock.GetElapsedTime(began).TotalMilliseconds);
        if (!settler.Batch.IsComplete && settler.IsOurs)
        {
            await GiveBackAsync(settler.Batch, order.Trace).ConfigureAwait(false);
            return "givenBack";
        }

        return "complete";
    }

    private static async Task<Claim> ClaimAsync(Func<Task<Claim>> claiming)
    {
        using var phase = Phases.Time(Phases.Claim);
        return await claiming().ConfigureAwait(false);
    }

    private async Task<(Pack? Pack, IReadOnlyList<RelayItem> Items)> OpenAsync(Batch batch, CancellationToken cancellationToken)
    {
        try
        {
            var pack = await ReadPackAsync(batch, cancellationToken).ConfigureAwait(false);
            return (pack, pack is not null || batch.IsCopy ? Items(batch, pack) : await reader.ItemsAsync(batch, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            // Nothing was sent. With the claim kept, the host's next try would find the batch held, and its fifth failure would never be seen.
            await claims.UpdateAsync(batch, keep: false, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<Pack?> ReadPackAsync(Batch batch, CancellationToken cancellationToken)
    {
        using var span = Traces.Step("fetch");
        using var phase = Phases.Time(Phases.Fetch);
        try
        {
            if (await packs.ReadAsync(batch.Pack, cancellationToken).ConfigureAwait(false) is { } pack)
                return pack;
            await incidents.RaiseAsync("content-lost", batch.Pack, $"The pack is gone while messages of it were open; {(batch.IsCopy ? "their copies are not sent" : "they fail")}.", cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            await incidents.RaiseAsync("content-lost", batch.Pack, $"The pack cannot be read ({e.Message}) while messages of it were open; {(batch.IsCopy ? "their copies are not sent" : "they fail")}.", cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private List<RelayItem> Items(Batch batch, Pack? pack)
    {
        var items = new List<RelayItem>(batch.Count);
        if (pack is null)
            return items;
        for (var slot = 0; slot < batch.Count; slot++)
        {
            if (batch.IsDone(slot))
                continue;
            var item = batch.Items is { } known
                ? RelayItem.Again(slot, known[slot], To(batch, pack.Header.Items[known[slot].Index]))
                : RelayItem.Fresh(slot, pack.Header.Items[slot]);
            items.Add(item with { Received = pack.Header.Received });
        }

        return items;
    }

    /// <summary>Copies go to the archive, whoever the message was for.</summary>
    private PackItem To(Batch batch, PackItem message) =>
        batch.IsCopy && copies.Address is { } archive ? message with { LocalPart = archive.LocalPart, Domain = archive.Domain } : message;

    /// <summary>Copies that cannot be sent any more: the archive was taken out of the settings, or the content is lost.</summary>
    private async Task DropCopiesAsync(Batch batch, IReadOnlyList<RelayItem> items, CancellationToken cancellationToken)
    {
        var change = new LogChange();
        var entry = new HistoryEntry { Time = clock.GetUtcNow(), What = "copyFailed", Detail = copies.IsOn ? "The content is lost." : "The settings name no archive any more." };
        change.MessageUpdates.AddRange(items.Select(item => MessageRow.OfCopy(batch.Partition, item.Message.MessageId, CopyState.Failed, entry)));
        change.Counters.CopiesFailed = batch.OpenCount;
        change.Batches.Add(new TableTransactionAction(TableTransactionActionType.Delete, batch.ToRow(), batch.ETag));
        // Should the row have moved, whoever moved it goes on.
        await ledger.CommitAsync(batch.Partition, change, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Messages of a batch that fail alike get the same jitter, so that they go on as one batch.</summary>
    private static Func<ReplyClass, int, Random> Jitter(Batch batch) => (replyClass, attempts) =>
        new Random((int)XxHash32.HashToUInt32(Encoding.UTF8.GetBytes($"{batch.Id}~{replyClass}~{attempts}")));

    /// <summary>Another worker has it. Should that one die, this order looks again just after its claim ends.</summary>
    private async Task ComeBackAsync(Batch batch, string? trace, CancellationToken cancellationToken)
    {
        var wait = batch.ClaimedUntil!.Value - clock.GetUtcNow() + TimeSpan.FromSeconds(1);
        await queue.SendAsync(batch.Lane, new BatchOrder(batch.Partition.Key, batch.Id, Trace: trace), wait < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : wait, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Out of time, or the host stops: the queue message first, then the claim; the other way round the batch could be left behind.</summary>
    private async Task GiveBackAsync(Batch batch, string? trace)
    {
        await queue.SendAsync(batch.Lane, new BatchOrder(batch.Partition.Key, batch.Id, Trace: trace), TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
        await claims.UpdateAsync(batch, keep: false, CancellationToken.None).ConfigureAwait(false);
        LogGivenBack(batch.Partition.Key, batch.Id, batch.OpenCount);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {Partition}/{Batch}: {Outcomes} in {Milliseconds} ms.")]
    private partial void LogBatch(string partition, string batch, string outcomes, long milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Batch {Partition}/{Batch}: an earlier worker left it with {Open} open messages.")]
    private partial void LogTookOver(string partition, string batch, int open);

    [LoggerMessage(Level = LogLevel.Information, Message = "Batch {Partition}/{Batch} is given back with {Open} open messages.")]
    private partial void LogGivenBack(string partition, string batch, int open);
}
