using EnhancedMta.Addresses;
using EnhancedMta.Deliveries;
using EnhancedMta.Explain;
using EnhancedMta.SendingLog;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Http;

/// <summary>Why something waits, and until when.</summary>
public sealed class ExplainEndpoints(SiteExplainer sites, DeliveryForecasts forecasts, DeliveryStore deliveries, LogReader log, ILogger<ExplainEndpoints> logger)
{
    /// <summary><c>GET sites/{domain}/explain</c></summary>
    public Task<IResult> SiteAsync(HttpRequest request, string domain, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
            DomainName.TryEncode(domain, out var encoded, out var error)
                ? ApiJson.Answer(await sites.ExplainAsync(encoded, cancellationToken).ConfigureAwait(false))
                : Problems.Fields([new FieldError("domain", error)]));

    /// <summary><c>GET deliveries/{deliveryId}/explain</c></summary>
    public Task<IResult> DeliveryAsync(HttpRequest request, string deliveryId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
            await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is { } delivery
                ? ApiJson.Answer(await forecasts.OfAsync(delivery, cancellationToken).ConfigureAwait(false))
                : Problems.UnknownDelivery(deliveryId));

    /// <summary><c>GET deliveries/{deliveryId}/messages/{messageId}/explain</c></summary>
    public Task<IResult> MessageAsync(HttpRequest request, string deliveryId, string messageId, CancellationToken cancellationToken) =>
        Problems.GuardAsync(logger, request, async () =>
        {
            if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is not { } delivery)
                return Problems.UnknownDelivery(deliveryId);
            if (await log.FindAsync(LogPartition.Of(delivery.Id, messageId, delivery.Shards), messageId, cancellationToken).ConfigureAwait(false) is not { } message)
                return Problems.UnknownMessage(deliveryId, messageId);
            var site = await sites.ExplainAsync(message.Domain, cancellationToken, isWaitedFor: message.State == MessageState.Queued).ConfigureAwait(false);
            return ApiJson.Answer(new
            {
                message.MessageId,
                message.To,
                Status = message.State.Status(),
                message.State,
                message.Attempts,
                message.Next,
                message.Expires,
                WaitsFor = message.State == MessageState.Waiting ? message.WaitsFor : null,
                LastReply = message.Reply,
                Site = site,
                Delivery = await forecasts.OfAsync(delivery, cancellationToken).ConfigureAwait(false),
                Says = Sentences(message).Concat(message.State.IsFinal() ? [] : site.Says),
            });
        });

    private static IEnumerable<string> Sentences(MessageRow message)
    {
        yield return message.State switch
        {
            MessageState.Queued => "It is queued for its first attempt.",
            MessageState.Waiting => $"It waits for {message.WaitsFor ?? "its next attempt"}, until {message.Next:u}; its validity ends at {message.Expires:u}.",
            MessageState.Delivered => "It was delivered; nothing more will be done.",
            MessageState.Expired => "Its validity ended before it could be delivered; nothing more will be done.",
            _ => $"It failed; nothing more will be done.",
        };
        if (message.Reply is { } reply && message.State != MessageState.Delivered)
            yield return $"The last answer was: {reply} (rule {message.Rule}).";
    }
}
