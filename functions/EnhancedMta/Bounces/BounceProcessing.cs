using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Deliveries;
using EnhancedMta.Feedback;
using EnhancedMta.Qualification;
using EnhancedMta.ReturnPaths;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;
using EnhancedMta.Storage;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Bounces;

/// <summary>Works on a bounce mail: which message it is about, what it says, and what that changes.</summary>
public sealed partial class BounceProcessing(
    StorageAccount storage, DeliveryStore deliveries, LogReader log, LogLedger ledger, BatchClaims batches, ReturnPathCodec returnPaths,
    IQualifier qualifier, TimeProvider clock, ILogger<BounceProcessing> logger)
{
    /// <param name="orderJson">The queue message.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="JsonException">Not a message of ours; the host will poison it.</exception>
    public async Task RunAsync(string orderJson, CancellationToken cancellationToken)
    {
        // 1. Read the mail. 2. Find the message by the return path, which only we can have made. 3. Change the log. 4. Delete the mail:
        // dying before that does it all again, and the second time changes nothing.
        var order = JsonSerializer.Deserialize(orderJson, BounceJson.Default.BounceOrder) ?? throw new JsonException("The queue message names no mail.");
        var blob = storage.BounceMails.GetBlobClient(order.Mail);
        DeliveryStatusReading reading;
        try
        {
            await using var mail = await blob.OpenReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            reading = await DeliveryStatusNotificationReader.ReadAsync(mail, order.Recipient, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return;
        }

        LogResult(order.Mail, await ApplyAsync(reading, cancellationToken).ConfigureAwait(false));
        await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <returns>For the log: what was done, or why nothing was.</returns>
    private async Task<string> ApplyAsync(DeliveryStatusReading reading, CancellationToken cancellationToken)
    {
        if (reading.Notification is not { } notification)
            return $"no delivery status notification: {reading.NotBecause}";
        ReturnPath? path = null;
        if (!reading.SentTo.Any(address => returnPaths.TryDecode(address, out path)) || path is null)
            return "it was sent to no return path of ours";
        // A return path is one message's, and a message has one recipient.
        if (notification.Recipients.FirstOrDefault(r => r.Action == DeliveryStatusAction.Failed) is not { } recipient)
            return "nothing in it has failed";
        if (recipient.Reply is not { } reply)
            return "it gives no status";
        if (await deliveries.FindByReturnPathAsync(path.DeliveryKey, cancellationToken).ConfigureAwait(false) is not { } delivery)
            return "its delivery is not known any more";
        var partition = new LogPartition(delivery.Id, path.Shard);
        while (true)
        {
            var message = path.MessageId is { } id
                ? await log.FindAsync(partition, id, cancellationToken).ConfigureAwait(false)
                : await log.FindAsync(partition, candidate => ReturnPathCodec.MessageKey(candidate) == path.MessageKey, cancellationToken).ConfigureAwait(false);
            if (message is null)
                return "its message is not known any more";
            if (message.State is MessageState.Bounced or MessageState.Expired)
                return $"message {message.MessageId} had failed before";
            if (await ChangeAsync(message, recipient, reply, cancellationToken).ConfigureAwait(false) is not { } change)
                continue;
            if ((await ledger.CommitAsync(partition, change, cancellationToken).ConfigureAwait(false)).Status == CommitStatus.Committed)
                return $"message {message.MessageId} failed";
        }
    }

    /// <returns>Null when the message is between two batches just now: read it again.</returns>
    private async Task<LogChange?> ChangeAsync(MessageRow message, DeliveryStatusRecipient recipient, SmtpReply reply, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var verdict = qualifier.Qualify(reply, recipient.RemoteMta);
        var change = new LogChange();
        if (!message.State.IsFinal())
        {
            // It was handed over without us learning so, and is waiting to be tried again: that must not happen now.
            if (await batches.ReadAsync(message.Partition, message.BatchId, cancellationToken).ConfigureAwait(false) is not { } batch || batch.IsDone(message.Slot))
                return null;
            var after = batch with { Done = batch.Done | UInt128.One << message.Slot, PossibleRepeats = 0 };
            change.Counters.PossibleRepeats = batch.PossibleRepeats;
            change.Batches.Add(new TableTransactionAction(
                after.IsComplete ? TableTransactionActionType.Delete : TableTransactionActionType.UpdateReplace, after.ToRow(), batch.ETag));
        }

        var row = MessageRow.Update(message.Partition, message.MessageId, MessageState.Bounced, now);
        row.ETag = message.ETag;
        MessageRow.SetVerdict(row, verdict, reply.ToString());
        MessageRow.SetEntry(row, message.History.Count, new HistoryEntry
        {
            Time = now,
            What = "outOfBand",
            MxHost = recipient.RemoteMta,
            Reply = reply.ToString(),
            Rule = verdict.Rule,
        });
        change.MessageUpdates.Add(row);
        change.Counters.Failed = 1;
        change.Counters.Fail(verdict.Reason);
        change.Counters.Delivered = message.State == MessageState.Delivered ? -1 : 0;
        change.Counters.Waiting = message.State == MessageState.Waiting ? -1 : 0;
        change.Throughput = new MinuteThroughput { Failed = 1 };
        change.Events.Add(new DeliveryEvent
        {
            Type = DeliveryEventType.OutOfBand,
            MessageId = message.MessageId,
            Status = MessageStates.Failed,
            FailureType = verdict.Type,
            Reason = (int)verdict.Reason,
            BounceCode = (int)verdict.Code,
            Rule = verdict.Rule,
            Reply = reply.ToString(),
            Attempt = message.Attempts,
            Mx = recipient.RemoteMta,
        });
        return change;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Bounce mail {Mail}: {Result}")]
    private partial void LogResult(string mail, string result);
}
