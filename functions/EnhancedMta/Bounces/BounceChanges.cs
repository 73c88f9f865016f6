using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Feedback;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Bounces;

/// <summary>What a report changes in the log. The same report twice changes nothing the second time.</summary>
public sealed class BounceChanges(BatchClaims batches, TimeProvider clock)
{
    private const int MaxReply = 512;

    /// <returns>The change, and what to note about it; no change when nothing is new; neither when the message is between two batches just now: read it again.</returns>
    public async Task<(LogChange? Change, string? Result)> OfAsync(MessageRow message, BounceReport report, Verdict verdict, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(verdict);
        switch (report.Kind)
        {
            case BounceReportKind.Failed:
                if (message.State is MessageState.Bounced or MessageState.Expired)
                    return (null, $"message {message.MessageId} had failed before");
                return await FailAsync(message, report, verdict, cancellationToken).ConfigureAwait(false) is { } failed
                    ? (failed, $"message {message.MessageId} failed") : (null, null);
            case BounceReportKind.Complaint or BounceReportKind.Unsubscribe:
                return message.Complained
                    ? (null, $"message {message.MessageId} had a complaint before")
                    : (Complain(message, report, verdict), $"message {message.MessageId} has a complaint");
            default:
                return message.History.Any(entry => report.EventId is not null && entry.Event == report.EventId) || message.History.Count >= HistoryEntry.MaxEntries
                    ? (null, $"message {message.MessageId} has it already")
                    : (Note(message, report, verdict), $"message {message.MessageId} has a note");
        }
    }

    /// <summary>Sent becomes Failed, even when it counted as delivered.</summary>
    private async Task<LogChange?> FailAsync(MessageRow message, BounceReport report, Verdict verdict, CancellationToken cancellationToken)
    {
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

        var row = Row(message, MessageState.Bounced, report, verdict, "outOfBand");
        MessageRow.SetVerdict(row, verdict, Words(report));
        change.MessageUpdates.Add(row);
        var now = clock.GetUtcNow();
        row[nameof(MessageRow.Finished)] = now;
        change.Move(message.Standing, message.Standing with { State = MessageState.Bounced, Finished = now }, now);
        change.Counters.Failed = 1;
        change.Counters.Fail(verdict.Reason);
        change.Counters.Delivered = message.State == MessageState.Delivered ? -1 : 0;
        change.Counters.Waiting = message.State == MessageState.Waiting ? -1 : 0;
        change.Throughput = new MinuteThroughput { Failed = 1 };
        change.Events.Add(Event(DeliveryEventType.OutOfBand, message, MessageState.Bounced, report, verdict));
        return change;
    }

    /// <summary>Reported as reason 8, and the delivery stands.</summary>
    private LogChange Complain(MessageRow message, BounceReport report, Verdict verdict)
    {
        var unsubscribed = report.Kind == BounceReportKind.Unsubscribe;
        var change = new LogChange();
        var row = Row(message, message.State, report, verdict, unsubscribed ? "unsubscribe" : "complaint");
        row[nameof(MessageRow.Complained)] = true;
        change.MessageUpdates.Add(row);
        change.Counters.Complaints = 1;
        change.Events.Add(Event(unsubscribed ? DeliveryEventType.Unsubscribe : DeliveryEventType.Complaint, message, message.State, report, verdict));
        return change;
    }

    /// <summary>Nothing failed: an entry of the history, and for an automatic answer an event that Campaign files as Error ignored.</summary>
    private LogChange Note(MessageRow message, BounceReport report, Verdict verdict)
    {
        var change = new LogChange();
        change.MessageUpdates.Add(Row(message, message.State, report, verdict, report.Kind switch
        {
            BounceReportKind.Delayed => "delayed",
            BounceReportKind.Delivered => "deliveryReport",
            BounceReportKind.ChallengeResponse => "challengeResponse",
            _ => "autoReply",
        }));
        if (report.Kind is BounceReportKind.AutoReply or BounceReportKind.ChallengeResponse)
            change.Events.Add(Event(DeliveryEventType.OutOfBand, message, message.State, report, verdict));
        return change;
    }

    private TableEntity Row(MessageRow message, MessageState state, BounceReport report, Verdict verdict, string what)
    {
        var now = clock.GetUtcNow();
        var row = MessageRow.Update(message.Partition, message.MessageId, state, now);
        row.ETag = message.ETag;
        MessageRow.SetEntry(row, message.History.Count, new HistoryEntry
        {
            Time = now,
            What = what,
            MxHost = report.RemoteMta,
            Reply = Words(report),
            Rule = verdict.Rule,
            Source = report.Source,
            Event = report.EventId,
        });
        return row;
    }

    private static DeliveryEvent Event(DeliveryEventType type, MessageRow message, MessageState state, BounceReport report, Verdict verdict) => new()
    {
        Type = type,
        MessageId = message.MessageId,
        Status = state.Status(),
        FailureType = verdict.Type,
        Reason = (int)verdict.Reason,
        BounceCode = (int)verdict.Code,
        Rule = verdict.Rule,
        RuleSet = verdict.RuleSet,
        Reply = Words(report),
        Address = type is DeliveryEventType.Complaint or DeliveryEventType.Unsubscribe ? message.To : null,
        Attempt = message.Attempts,
        Mx = report.RemoteMta,
    };

    private static string? Words(BounceReport report)
    {
        var text = report.Reply is { } reply ? reply.Code == 0 ? reply.Text : reply.ToString() : report.Status?.ToString();
        return text is { Length: > MaxReply } ? string.Concat(text.AsSpan(0, MaxReply - 1), "…") : text;
    }
}
