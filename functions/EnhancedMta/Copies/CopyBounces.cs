using EnhancedMta.Bounces;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Copies;

/// <summary>Bounces of copies: they say something of the archive, and nothing of the message.</summary>
public sealed class CopyBounces(CopyOptions options, ReportedMessages messages, LogLedger ledger, TimeProvider clock)
{
    /// <summary>Whether reports are about a copy: told by its sender, or by the archive's address where no return path of a message is named.</summary>
    public bool AreThese(IReadOnlyList<BounceReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        return !messages.NamesMessage(reports[0])
            && (reports[0].ReturnPaths.Any(options.IsSender) || reports.All(r => options.IsArchive(r.Recipient)));
    }

    /// <returns>For the log.</returns>
    public async Task<string> ApplyAsync(IReadOnlyList<BounceReport> reports, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reports);
        const string Result = "it is about a copy";
        if (reports.All(r => r.Kind != BounceReportKind.Failed))
            return Result;
        while (true)
        {
            // Only a Message-ID that we sealed counts: else anybody could call a copy failed.
            if (await messages.FindSealedAsync(reports[0], cancellationToken).ConfigureAwait(false) is not { Copy: CopyState.Sent } message)
                return Result;
            var report = reports.First(r => r.Kind == BounceReportKind.Failed);
            var row = MessageRow.OfCopy(message.Partition, message.MessageId, CopyState.Failed, new HistoryEntry
            {
                Time = clock.GetUtcNow(),
                What = "copyFailed",
                MxHost = report.RemoteMta,
                Reply = report.Reply is { } reply ? BounceChanges.Cut(reply.Code == 0 ? reply.Text : reply.ToString()) : null,
                Source = report.Source,
                Event = report.EventId,
            });
            row.ETag = message.ETag;
            var change = new LogChange { MessageUpdates = { row } };
            change.Counters.CopiesSent = -1;
            change.Counters.CopiesFailed = 1;
            if ((await ledger.CommitAsync(message.Partition, change, cancellationToken).ConfigureAwait(false)).Status != CommitStatus.Committed)
                continue;
            CopyMetrics.Count("bounced");
            return Result;
        }
    }
}
