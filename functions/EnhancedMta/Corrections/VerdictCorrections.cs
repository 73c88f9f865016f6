using EnhancedMta.Feedback;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Corrections;

/// <summary>
/// Corrects the verdicts of failed messages: rows, counters and events in the same transactions as any change. A message that failed stays
/// Failed, because Success % only falls; what changes is why, and whether its address is to blame.
/// </summary>
public sealed class VerdictCorrections(LogLedger ledger, LogReader log, TimeProvider clock)
{
    private const int MaxRows = LogChange.MaxRows - LogChange.OwnRows;

    /// <param name="partition">Of all the messages.</param>
    /// <param name="corrections">Each with the verdict that is right.</param>
    /// <param name="because">For people: what made the earlier verdict wrong.</param>
    /// <param name="cancellationToken">Ends it between two transactions; what is corrected is, and a repetition goes on with the rest.</param>
    /// <returns>How many were corrected, and how many of these addresses come out of quarantine.</returns>
    public async Task<(int Corrected, int Unquarantined)> ApplyAsync(
        LogPartition partition, IReadOnlyList<(RecordedVerdict Old, Verdict New)> corrections, string because, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(corrections);
        var (corrected, unquarantined) = (0, 0);
        foreach (var chunk in corrections.Chunk(MaxRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = Change(chunk, because);
            if ((await ledger.CommitAsync(partition, change, CancellationToken.None).ConfigureAwait(false)).Status == CommitStatus.Committed)
            {
                corrected += chunk.Length;
                unquarantined += chunk.Count(c => IsFreed(c.Old, c.New));
                continue;
            }

            // A row moved since it was read: each alone, on its newest state.
            foreach (var (old, verdict) in chunk)
            {
                if (await ApplyAsync(partition, old.Message.MessageId, verdict, because, cancellationToken).ConfigureAwait(false) is not { } freed)
                    continue;
                corrected++;
                unquarantined += freed ? 1 : 0;
            }
        }
        return (corrected, unquarantined);
    }

    /// <returns>Null when there is nothing left to correct; else whether the address comes out of quarantine.</returns>
    private async Task<bool?> ApplyAsync(LogPartition partition, string messageId, Verdict verdict, string because, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await log.FindAsync(partition, messageId, cancellationToken).ConfigureAwait(false) is not { } row || RecordedVerdict.Of(row) is not { } recorded || !recorded.Differs(verdict))
                return null;
            if ((await ledger.CommitAsync(partition, Change([(recorded, verdict)], because), CancellationToken.None).ConfigureAwait(false)).Status == CommitStatus.Committed)
                return IsFreed(recorded, verdict);
        }
    }

    private static bool IsFreed(RecordedVerdict old, Verdict now) => old.Message.FailureType == FailureType.Hard && now.Type != FailureType.Hard;

    private LogChange Change(IReadOnlyList<(RecordedVerdict Old, Verdict New)> corrections, string because)
    {
        var now = clock.GetUtcNow();
        var change = new LogChange();
        foreach (var (old, verdict) in corrections)
        {
            var message = old.Message;
            var row = MessageRow.Update(message.Partition, message.MessageId, message.State, now);
            row.ETag = message.ETag;
            MessageRow.SetVerdict(row, verdict, null);
            MessageRow.SetEntry(row, message.History.Count, new HistoryEntry { Time = now, What = "corrected", Rule = verdict.Rule, Detail = $"{message.Rule} → {verdict.Rule}: {because}" });
            change.MessageUpdates.Add(row);
            change.Counters.Fail(message.Reason ?? CampaignReason.NotDefined, -1);
            change.Counters.Fail(verdict.Reason);
            change.Events.Add(Event(DeliveryEventType.Corrected, message, verdict));
            if (IsFreed(old, verdict))
                change.Events.Add(Event(DeliveryEventType.Unquarantine, message, verdict));
        }
        return change;
    }

    private static DeliveryEvent Event(DeliveryEventType type, MessageRow message, Verdict verdict) => new()
    {
        Type = type,
        MessageId = message.MessageId,
        Status = message.State.Status(),
        FailureType = verdict.Type,
        Reason = (int)verdict.Reason,
        BounceCode = (int)verdict.Code,
        Rule = verdict.Rule,
        RuleSet = verdict.RuleSet,
        Reply = type == DeliveryEventType.Corrected ? message.Reply : null,
        Address = message.To == MessageRow.Erased ? null : message.To,
        Attempt = message.Attempts,
    };
}
