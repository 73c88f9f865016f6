using System.Globalization;
using EnhancedMta.Addresses;
using EnhancedMta.Deliveries;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Showing the sending log.</summary>
public sealed class LogEndpoints(DeliveryStore deliveries, LogReader log, LogSearch search, ILogger<LogEndpoints> logger)
{
    /// <summary><c>GET deliveries/{deliveryId}/logs</c></summary>
    public Task<IResult> ListAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (!Paging.TryRead(request, 100, out var paging, out var problem) || !TryReadFilter(request, out var filter, out problem))
                return problem!;
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            try
            {
                if (request.Query["search"] is [{ Length: > 0 } text])
                {
                    var found = await search.FindAsync(delivery, filter, text, paging.Limit, paging.Continuation, cancellationToken).ConfigureAwait(false);
                    return ApiJson.Answer(new { Messages = found.Messages.Select(View), found.Continuation, found.Examined });
                }

                var (messages, continuation) = await log.ListAsync(delivery, filter, paging.Limit, paging.Continuation, cancellationToken).ConfigureAwait(false);
                return ApiJson.Answer(new { Messages = messages.Select(View), Continuation = continuation });
            }
            catch (Exception e) when (e is FormatException or Azure.RequestFailedException { Status: 400 })
            {
                return Problems.Query("continuation", "is not one that this listing gave; leave it out to begin at the start.");
            }
        });

    /// <summary><c>GET deliveries/{deliveryId}/messages/{messageId}</c></summary>
    public Task<IResult> MessageAsync(HttpRequest request, string deliveryId, string messageId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            if (await log.FindAsync(LogPartition.Of(delivery.Id, messageId, delivery.Shards), messageId, cancellationToken).ConfigureAwait(false) is not { } message)
                return Problems.UnknownMessage(deliveryId, messageId);
            return ApiJson.Answer(new { Message = View(message), History = message.CopyHistory is { } copy ? message.History.Append(copy).OrderBy(e => e.Time) : message.History.AsEnumerable() });
        });

    private static object View(MessageRow message) => new
    {
        message.MessageId,
        message.To,
        Status = message.State.Status(),
        message.State,
        message.Received,
        message.Expires,
        message.Updated,
        message.Attempts,
        message.Next,
        WaitsFor = message.State == MessageState.Queued ? "its first attempt" : message.WaitsFor,
        message.FailureType,
        Reason = (int?)message.Reason,
        ReasonLabel = message.Reason?.Label(),
        BounceCode = (int?)message.BounceCode,
        message.Class,
        message.Rule,
        message.Reply,
        message.Bytes,
        message.Copy,
    };

    private static bool TryReadFilter(HttpRequest request, out LogFilter filter, out IResult? problem)
    {
        filter = new LogFilter();
        problem = null;
        if (request.Query["status"] is [{ } status])
        {
            // Campaign's statuses, and ours under them.
            if (string.Equals(status, MessageStates.Sent, StringComparison.OrdinalIgnoreCase))
                filter = filter with { Status = MessageStates.Sent };
            else if (string.Equals(status, MessageStates.Failed, StringComparison.OrdinalIgnoreCase))
                filter = filter with { Status = MessageStates.Failed };
            else if (Enum.TryParse<MessageState>(status, ignoreCase: true, out var state) && Enum.IsDefined(state) && !char.IsAsciiDigit(status[0]))
                filter = filter with { State = state };
            else
                problem = Problems.Query("status", $"must be Sent, Failed, or one of {string.Join(", ", Enum.GetNames<MessageState>())}.");
        }

        if (request.Query["reason"] is [{ } reason])
        {
            if (int.TryParse(reason, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                filter = filter with { Reason = (CampaignReason)number };
            else
                problem = Problems.Query("reason", "must be the number of a Campaign failure reason, such as 1 for User unknown.");
        }

        if (request.Query["domain"] is [{ Length: > 0 } domain])
            filter = filter with { Domain = DomainName.TryEncode(domain, out var encoded, out _) ? encoded : domain };
        if (request.Query["address"] is [{ Length: > 0 } address])
        {
            if (EmailAddress.TryParse(address, out var parsed, out var error))
                filter = filter with { Address = parsed.ToString() };
            else
                problem = Problems.Query("address", error);
        }

        return problem is null;
    }
}
