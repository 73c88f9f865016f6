using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Breakdowns;
using EnhancedMta.Feedback;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;

namespace EnhancedMta.Relaying;

/// <summary>From outcomes to the change of the log that tells them: rows, counters, events, and the batches of what waits.</summary>
internal static class Settlement
{
    // Of a refusal people read the first lines; the row and its event need not carry a kilobyte twice.
    private const int ReplyLength = 512;

    private static readonly MinuteThroughput None = new();

    /// <summary>The change, without the batch's own row.</summary>
    /// <param name="batch">The batch at hand.</param>
    /// <param name="outcomes">Of slots that are not done.</param>
    /// <param name="now">The time of the change.</param>
    /// <returns>The change, and the batches that it makes for messages that wait.</returns>
    public static (LogChange Change, IReadOnlyList<Batch> Waiting) Build(Batch batch, IReadOnlyList<Outcome> outcomes, DateTimeOffset now)
    {
        var change = new LogChange();
        var waiting = new List<Batch>();
        foreach (var outcome in outcomes.Where(o => o.State != MessageState.Waiting))
            Add(change, batch, outcome, now);
        foreach (var group in outcomes.Where(o => o.State == MessageState.Waiting).GroupBy(SettlementChunks.Minute))
        {
            var next = Next(batch, [.. group], now);
            var slot = 0;
            foreach (var outcome in group)
            {
                var row = Add(change, batch, outcome, now);
                row[nameof(MessageRow.BatchId)] = next.Id;
                row[nameof(MessageRow.Slot)] = slot++;
                row[nameof(MessageRow.Next)] = outcome.Due!.Value;
                row[nameof(MessageRow.WaitsFor)] = outcome.WaitsFor ?? "the next attempt";
            }

            waiting.Add(next);
            change.Batches.Add(new TableTransactionAction(TableTransactionActionType.Add, next.ToRow()));
        }

        return (change, waiting);
    }

    /// <summary>The batch of messages that wait for the same minute.</summary>
    internal static Batch Next(Batch batch, IReadOnlyList<Outcome> group, DateTimeOffset now) => new()
    {
        Partition = batch.Partition,
        Id = Batch.NewId(now),
        Pack = batch.Pack,
        Lane = batch.Lane,
        Count = group.Count,
        Queued = now,
        Due = group.Max(o => o.Due!.Value),
        Items = [.. group.Select(NextItem)],
        IsCopy = batch.IsCopy,
    };

    private static TableEntity Add(LogChange change, Batch batch, Outcome outcome, DateTimeOffset now)
    {
        var item = outcome.Item;
        var row = MessageRow.Update(batch.Partition, item.Message.MessageId, outcome.State, now);
        var attempts = item.Attempts + (outcome.CountsAttempt ? 1 : 0);
        var soft = outcome is { State: MessageState.Waiting, CountsAttempt: true };
        // It was Sent since it was accepted, and is until it fails.
        if (outcome.State.Status() == MessageStates.Sent)
            row.Remove("Status");
        row[nameof(MessageRow.Attempts)] = attempts;
        if (soft)
            row[nameof(MessageRow.SoftBounced)] = true;
        var reply = Words(outcome);
        if (outcome.Verdict is { } verdict)
            MessageRow.SetVerdict(row, verdict, reply);
        if (!outcome.Silent)
            MessageRow.SetEntry(row, item.Entries, Entry(outcome, attempts, reply, now));
        change.MessageUpdates.Add(row);
        var before = new Standing(item.Message.Domain, item.KnownProvider, item.WasWaiting ? MessageState.Waiting : MessageState.Queued, item.Attempts);
        var after = After(before, outcome, soft, now);
        SetStanding(row, before, after);
        change.Move(before, after, now);
        Count(change, outcome, attempts, soft);
        if (Event(outcome, attempts, reply, soft) is { } happened)
            change.Events.Add(happened);
        return row;
    }

    private static Standing After(Standing before, Outcome outcome, bool soft, DateTimeOffset now) => before with
    {
        Provider = outcome.Item.Provider ?? before.Provider,
        State = outcome.State,
        Deferrals = before.Deferrals + (soft ? 1 : 0),
        Finished = outcome.State.IsFinal() ? outcome.Taken ?? now : null,
        MillisecondsToDeliver = outcome is { Taken: { } taken, Item.Received: { } received } ? (long)(taken - received).TotalMilliseconds : null,
    };

    private static void SetStanding(TableEntity row, Standing before, Standing after)
    {
        if (after.Provider != before.Provider)
            row[nameof(MessageRow.Provider)] = after.Provider;
        if (after.Finished is { } finished)
            row[nameof(MessageRow.Finished)] = finished;
        if (after.MillisecondsToDeliver is { } milliseconds)
            row[nameof(MessageRow.MillisecondsToDeliver)] = milliseconds;
    }

    private static void Count(LogChange change, Outcome outcome, int attempts, bool soft)
    {
        var counters = change.Counters;
        if (outcome.CountsAttempt && attempts > 1)
            counters.Retried++;
        if (soft && !outcome.Item.SoftBounced)
            counters.SoftBounced++;
        if (outcome.PossibleRepeat)
            counters.PossibleRepeats++;
        counters.Waiting += (outcome.State == MessageState.Waiting ? 1 : 0) - (outcome.Item.WasWaiting ? 1 : 0);
        switch (outcome.State)
        {
            case MessageState.Delivered:
                counters.Delivered++;
                break;
            case MessageState.Bounced or MessageState.Expired:
                counters.Failed++;
                counters.Fail(outcome.Verdict!.Reason);
                if (outcome.State == MessageState.Expired)
                    counters.Expired++;
                break;
        }

        if (Traffic(outcome, soft) is not { } traffic)
            return;
        change.Throughput = change.Throughput.Plus(traffic);
        // What expired went by no path.
        if (outcome is { Attempt: not null, Item.Path: { } path })
            change.Paths[path] = change.Paths.GetValueOrDefault(path, None).Plus(traffic);
    }

    private static MinuteThroughput? Traffic(Outcome outcome, bool soft) => outcome.State switch
    {
        MessageState.Delivered => new MinuteThroughput { Delivered = 1, DeliveredBytes = outcome.Item.Message.Length },
        MessageState.Bounced or MessageState.Expired => new MinuteThroughput { Failed = 1 },
        _ => soft ? new MinuteThroughput { Deferred = 1 } : null,
    };

    internal static HistoryEntry Entry(Outcome outcome, int attempts, string? reply, DateTimeOffset now) => new()
    {
        Time = now,
        What = outcome.Word,
        Attempt = outcome.CountsAttempt ? attempts : null,
        MxHost = outcome.Attempt?.MxHost,
        RemoteAddress = outcome.Attempt?.RemoteAddress,
        Tls = outcome.Attempt?.Tls,
        TlsPolicy = Cut(outcome.Attempt?.TlsPolicy),
        Egress = outcome.Egress?.ToString(),
        Reply = reply,
        Command = outcome.Attempt?.Reply?.Command.ToString(),
        LocalError = (outcome.Attempt?.Error ?? (outcome.State == MessageState.Expired ? LocalError.Expired : null))?.ToString(),
        Detail = Cut(outcome.Attempt?.Detail ?? outcome.WaitsFor),
        Milliseconds = outcome.Attempt is { } attempt ? (int)attempt.Duration.TotalMilliseconds : null,
        Rule = outcome.Verdict?.Rule,
        Next = outcome.Due,
    };

    private static DeliveryEvent? Event(Outcome outcome, int attempts, string? reply, bool soft)
    {
        DeliveryEventType? type = outcome.State switch
        {
            MessageState.Delivered => DeliveryEventType.Delivered,
            MessageState.Bounced => DeliveryEventType.Hard,
            MessageState.Expired => DeliveryEventType.Expired,
            _ => soft ? DeliveryEventType.Soft : null,
        };
        if (type is not { } happened)
            return null;
        return new DeliveryEvent
        {
            Type = happened,
            MessageId = outcome.Item.Message.MessageId,
            Status = outcome.State.Status(),
            FailureType = outcome.Verdict?.Type,
            Reason = (int?)outcome.Verdict?.Reason,
            BounceCode = (int?)outcome.Verdict?.Code,
            Rule = outcome.Verdict?.Rule,
            RuleSet = outcome.Verdict?.RuleSet,
            Reply = outcome.State == MessageState.Delivered ? null : reply,
            Attempt = attempts,
            Egress = outcome.Egress?.PublicId,
            Mx = outcome.Attempt?.MxHost,
        };
    }

    private static BatchItem NextItem(Outcome outcome) => new(
        outcome.Item.Index,
        outcome.Item.Attempts + (outcome.CountsAttempt ? 1 : 0),
        outcome.Item.Entries + (outcome.Silent ? 0 : 1),
        outcome.Item.SoftBounced || outcome.CountsAttempt,
        outcome.CountsAttempt ? (int?)outcome.Verdict?.Reason : outcome.Item.Reason,
        outcome.CountsAttempt ? outcome.Verdict?.Class == ReplyClass.Held : outcome.Item.Held,
        // A greylist opens for the IP that it knows.
        outcome.Verdict is { } verdict ? (verdict.Class == ReplyClass.Greylisted ? outcome.Egress?.PublicId : null) : outcome.Item.Egress,
        outcome.Slice?.Number,
        outcome.Item.Provider ?? outcome.Item.KnownProvider);

    /// <summary>The remote's words, as much as is kept of them.</summary>
    internal static string? Words(Outcome outcome) => Cut(outcome.Attempt?.Reply?.ToString());

    private static string? Cut(string? text) => text is { Length: > ReplyLength } ? string.Concat(text.AsSpan(0, ReplyLength - 1), "…") : text;
}
