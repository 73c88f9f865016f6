using System.Text.Encodings.Web;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>Azure Communication Services' e-mail events, by Event Grid in its own schema or as CloudEvents 1.0, one or an array of them.</summary>
internal sealed class AcsWebhook(SharedSecret? token) : IWebhookSource
{
    private const string Expected = "a JSON array of Event Grid events";

    public string? MissingSetting => token is null ? WebhookSettings.AcsSetting : null;

    public Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Proves(request)
            ? WebhookBody.ReadArrayOrOne(request.Body, Expected, Read)
            : new WebhookResult.Unauthorized("acs: the token is not ours"));

    /// <summary>CloudEvents' webhook handshake: saying the name of who asks allows it to send.</summary>
    public WebhookResult Handshake(WebhookRequest request)
    {
        if (!Proves(request))
            return new WebhookResult.Unauthorized("acs: the token is not ours");
        return request.Header("WebHook-Request-Origin") is { } origin
            ? new WebhookResult.AllowedOrigin(origin)
            : new WebhookResult.Malformed("The header WebHook-Request-Origin is missing.");
    }

    // Event Grid can send a header of one's choice, or keep a parameter in the endpoint's address to itself.
    private bool Proves(WebhookRequest request) => TokenAuthentication.Proves(request, token!) || TokenAuthentication.ProvesByQuery(request, token!);

    private static void Read(EventFields fields, ReadingBuilder reading)
    {
        var type = fields.Word("eventType") ?? fields.Required("type");
        switch (type)
        {
            case "Microsoft.EventGrid.SubscriptionValidationEvent":
                var code = JavaScriptEncoder.Default.Encode(fields.RequiredObject("data").Required("validationCode"));
                reading.Answer = $$"""{"validationResponse":"{{code}}"}""";
                reading.Ignore(type);
                break;
            case "Microsoft.Communication.EmailDeliveryReportReceived":
                ReadDelivery(fields, fields.RequiredObject("data"), reading);
                break;
            default:
                reading.Ignore(type);
                break;
        }
    }

    private static void ReadDelivery(EventFields fields, EventFields data, ReadingBuilder reading)
    {
        var status = data.Required("status");
        var (kind, claimed) = Meaning(status);
        if (kind is not { } known)
        {
            reading.Ignore($"EmailDeliveryReportReceived {status}");
            return;
        }
        var details = data.Object("deliveryStatusDetails");
        reading.Add(data, new BounceReport
        {
            Kind = known,
            Source = "acs",
            EventId = fields.Id("id"),
            Time = data.Time("deliveryAttemptTimeStamp") ?? fields.Time("eventTime") ?? fields.Time("time"),
            ReturnPaths = ReturnPathList.Of(data.Bracketed("sender")),
            OriginalMessageId = data.Bracketed("internetMessageId"),
            Recipient = data.Bracketed("recipient"),
            // A suppressed mail was never sent: the words are the service's.
            Reply = known == BounceReportKind.Failed && status != "Suppressed" ? ProviderReply.Of(details?.Text("statusMessage")) : null,
            RemoteMta = details?.Word("recipientMailServerHostName"),
            Claimed = claimed,
        });
    }

    private static (BounceReportKind? Kind, ReplyClass? Claimed) Meaning(string status) => status switch
    {
        "Delivered" => (BounceReportKind.Delivered, null),
        // Both by definition hard: the address does not exist, now or the time before.
        "Bounced" or "Suppressed" => (BounceReportKind.Failed, ReplyClass.UnknownUser),
        "Quarantined" or "FilteredSpam" => (BounceReportKind.Failed, ReplyClass.SpamRefusal),
        "Failed" => (BounceReportKind.Failed, ReplyClass.Undetermined),
        // Expanded: a list passed it on to its members.
        _ => (null, null),
    };
}
