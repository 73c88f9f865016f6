using System.Text.Json;
using Azure;
using EnhancedMta.BounceMails;
using EnhancedMta.Paths;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Bounces;

/// <summary>Works on what came back: which message it is about, what it says, and what that changes.</summary>
public sealed partial class BounceProcessing(
    StorageAccount storage, ReportedMessages messages, BounceChanges changes, LogLedger ledger, PartitionGuards guards, IQualifier qualifier, PathComplaints complaints, ILogger<BounceProcessing> logger)
{
    private const int Parallelism = 8;

    /// <param name="orderJson">The queue message.</param>
    /// <param name="cancellationToken">The host stops.</param>
    /// <exception cref="JsonException">Not a message of ours; the host will poison it.</exception>
    public async Task RunAsync(string orderJson, CancellationToken cancellationToken)
    {
        // 1. Read the mail or the reports. 2. Find each message. 3. Change the log. 4. Delete the content:
        // dying before that does it all again, and the second time changes nothing.
        var order = JsonSerializer.Deserialize(orderJson, BounceJson.Default.BounceOrder) ?? throw new JsonException("The queue message names nothing.");
        var blob = storage.BounceMails.GetBlobClient(order.Mail ?? order.Reports ?? throw new JsonException("The queue message names neither a mail nor reports."));
        IReadOnlyList<IReadOnlyList<BounceReport>> groups;
        try
        {
            await using var content = await blob.OpenReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            groups = order.Mail is not null
                ? [ReadReports.Of(await BounceMailReader.ReadAsync(content, order.Recipient, cancellationToken).ConfigureAwait(false))]
                : [.. (await JsonSerializer.DeserializeAsync(content, BounceJson.Default.IReadOnlyListBounceReport, cancellationToken).ConfigureAwait(false))!.Select(r => new[] { r })];
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return;
        }

        await Parallel.ForEachAsync(groups, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (reports, cancel) =>
        {
            var result = reports.Count == 0 ? "it reports on nobody" : await ApplyAsync(reports, cancel).ConfigureAwait(false);
            BounceMetrics.Count(reports.Count == 0 ? null : reports[0], result);
            LogResult(blob.Name, result);
        }).ConfigureAwait(false);
        await blob.DeleteIfExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <returns>For the log: what was done, or why nothing was.</returns>
    private async Task<string> ApplyAsync(IReadOnlyList<BounceReport> reports, CancellationToken cancellationToken)
    {
        if (reports.All(r => r.Kind is BounceReportKind.Other))
            return "it is about no delivery";
        while (true)
        {
            var (message, report, notBecause) = await messages.FindAsync(reports, cancellationToken).ConfigureAwait(false);
            if (message is null)
                return notBecause!;
            var verdict = ReportedVerdict.Of(report!.Kind, report.Reply, report.Status, report.RemoteMta, report.Claimed, qualifier);
            if (verdict is null)
                return "it does not say what happened";
            var (change, result) = await changes.OfAsync(message, report, verdict, cancellationToken).ConfigureAwait(false);
            if (change is null && result is null)
                continue;
            // Its KPIs are looked after even should this process die right after the change.
            if (change is not null)
                await guards.EnsureAsync(message.Partition, cancellationToken).ConfigureAwait(false);
            if (change is not null && (await ledger.CommitAsync(message.Partition, change, cancellationToken).ConfigureAwait(false)).Status != CommitStatus.Committed)
                continue;
            if (change is not null && report.Kind == BounceReportKind.Complaint)
                await complaints.TellAsync(message, cancellationToken).ConfigureAwait(false);
            return result!;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Bounce {Blob}: {Result}")]
    private partial void LogResult(string blob, string result);
}
