using Azure.Data.Tables;
using EnhancedMta.Batches;
using EnhancedMta.Relaying;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Copies;

/// <summary>From outcomes of copies to the change of the log: the copy's columns of each row, and nothing of its message, of KPIs or of the feed.</summary>
internal static class CopySettlement
{
    /// <inheritdoc cref="Settlement.Build"/>
    public static (LogChange Change, IReadOnlyList<Batch> Waiting) Build(Batch batch, IReadOnlyList<Outcome> outcomes, DateTimeOffset now)
    {
        var change = new LogChange();
        var waiting = new List<Batch>();
        foreach (var outcome in outcomes.Where(o => o.State != MessageState.Waiting))
        {
            var isSent = outcome.State == MessageState.Delivered;
            Add(change, batch, outcome, isSent ? CopyState.Sent : CopyState.Failed, now);
            change.Counters.CopiesSent += isSent ? 1 : 0;
            change.Counters.CopiesFailed += isSent ? 0 : 1;
        }

        foreach (var group in outcomes.Where(o => o.State == MessageState.Waiting).GroupBy(SettlementChunks.Minute))
        {
            var next = Settlement.Next(batch, [.. group], now);
            foreach (var outcome in group)
                Add(change, batch, outcome, CopyState.Waiting, now);
            waiting.Add(next);
            change.Batches.Add(new TableTransactionAction(TableTransactionActionType.Add, next.ToRow()));
        }

        return (change, waiting);
    }

    private static void Add(LogChange change, Batch batch, Outcome outcome, CopyState state, DateTimeOffset now)
    {
        var entry = Settlement.Entry(outcome, outcome.Item.Attempts + (outcome.CountsAttempt ? 1 : 0), Settlement.Words(outcome), now) with
        {
            What = state switch { CopyState.Sent => "copySent", CopyState.Failed => "copyFailed", _ => "copyWaits" },
        };
        change.MessageUpdates.Add(MessageRow.OfCopy(batch.Partition, outcome.Item.Message.MessageId, state, entry));
    }
}
