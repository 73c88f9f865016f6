using EnhancedMta.Deliveries;
using EnhancedMta.Ingestion;
using EnhancedMta.MessageIds;
using EnhancedMta.ReturnPaths;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Bounces;

/// <summary>Finds the message that reports are about.</summary>
public sealed class ReportedMessages(DeliveryStore deliveries, LogReader log, MessageIdIndex messageIds, ReturnPathCodec returnPaths)
{
    // A header line's length (RFC 5322 §2.1.1).
    private const int MaxMessageId = 998;

    /// <summary>
    /// By the return path first, which only we can have made; then by a Message-ID. One that bears our seal only we can have made, too, and
    /// tells whom the report is about when every address in it was blacked out. Any other one anybody can write, so it only counts together
    /// with the message's own recipient.
    /// </summary>
    /// <param name="reports">Of one mail or event: all about the same message.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The message and that of the reports which is about its recipient; or why there is none.</returns>
    public async Task<(MessageRow? Message, BounceReport? Report, string? NotBecause)> FindAsync(IReadOnlyList<BounceReport> reports, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ReturnPath? path = null;
        if (reports[0].ReturnPaths.Any(address => returnPaths.TryDecode(address, out path)) && path is not null)
        {
            if (await deliveries.FindByReturnPathAsync(path.DeliveryKey, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return (null, null, "its delivery is not known any more");
            var message = await FindAsync(new LogPartition(delivery.Id, path.Shard), path, cancellationToken).ConfigureAwait(false);
            return message is null ? (null, null, "its message is not known any more") : (message, Choose(reports, message), null);
        }

        if (reports[0].OriginalMessageId is not { Length: > 0 and <= MaxMessageId } id)
            return (null, null, "it names no return path of ours and no Message-ID");
        var (found, isSealed) = await FindByMessageIdAsync(id, cancellationToken).ConfigureAwait(false);
        if (found is null)
            return (null, null, "no message of ours has its Message-ID");
        var report = isSealed ? Choose(reports, found) : reports.FirstOrDefault(r => IsTo(found, r.Recipient));
        return report is null ? (null, null, "it is about an address that the message was not sent to") : (found, report, null);
    }

    /// <summary>The report names a return path of a message.</summary>
    internal bool NamesMessage(BounceReport report) => report.ReturnPaths.Any(address => returnPaths.TryDecode(address, out _));

    /// <summary>By a Message-ID that bears our seal; null for any other.</summary>
    internal async Task<MessageRow?> FindSealedAsync(BounceReport report, CancellationToken cancellationToken) =>
        report.OriginalMessageId is { Length: > 0 and <= MaxMessageId } id && await FindByMessageIdAsync(id, cancellationToken).ConfigureAwait(false) is (var message, true)
            ? message : null;

    private async Task<(MessageRow? Message, bool IsSealed)> FindByMessageIdAsync(string id, CancellationToken cancellationToken)
    {
        if (MessageIdentity.TryRead(id, out var deliveryId, out var messageId, out var seal)
            && LogKeys.CanBeKey(deliveryId) && await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is { } delivery
            && await log.FindAsync(LogPartition.Of(delivery.Id, messageId, delivery.Shards), messageId, cancellationToken).ConfigureAwait(false) is { } ours)
            return (ours, returnPaths.IsSeal(seal, deliveryId, messageId));
        return await messageIds.FindAsync(id, cancellationToken).ConfigureAwait(false) is var (partition, known)
            ? (await log.FindAsync(partition, known, cancellationToken).ConfigureAwait(false), false) : default;
    }

    private Task<MessageRow?> FindAsync(LogPartition partition, ReturnPath path, CancellationToken cancellationToken) => path.MessageId is { } id
        ? log.FindAsync(partition, id, cancellationToken)
        : log.FindAsync(partition, candidate => ReturnPathCodec.MessageKey(candidate) == path.MessageKey, cancellationToken);

    // A message has one recipient. A mail that names others was forwarded on the way, and the worst of what it tells is true for us.
    private static BounceReport Choose(IReadOnlyList<BounceReport> reports, MessageRow message) =>
        reports.FirstOrDefault(r => IsTo(message, r.Recipient)) ?? reports.OrderBy(r => r.Kind).First();

    private static bool IsTo(MessageRow message, string? address) => address is not null && address.Equals(message.To, StringComparison.OrdinalIgnoreCase);
}
