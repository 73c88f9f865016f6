using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>Event batches of SparkPost and Momentum: <c>[{"msys": {"message_event": {"type": "bounce", …}}}, …]</c>.</summary>
internal sealed class SparkPostWebhook(RepeatedSecrets? secrets) : IWebhookSource
{
    // Beside Basic and OAuth's bearer, SparkPost's auth_token comes in a header of its own name.
    private const string TokenHeader = "X-MessageSystems-Webhook-Token";

    public string? MissingSetting => secrets is null ? WebhookSettings.SparkPostSetting : null;

    public Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(secrets!.Prove(request, TokenHeader)
            ? WebhookBody.ReadArray(request.Body, "a JSON array of SparkPost events", ReadItem)
            : new WebhookResult.Unauthorized("sparkpost: neither the user and password nor the token is ours"));

    // {"msys": {}} is the ping that is sent when a webhook is made.
    private static void ReadItem(EventFields item, ReadingBuilder reading)
    {
        var events = item.RequiredObject("msys").Objects();
        if (events.Count == 0)
            reading.Ignore("ping");
        foreach (var fields in events)
            Read(fields, reading);
    }

    private static void Read(EventFields fields, ReadingBuilder reading)
    {
        var type = fields.Required("type");
        var bounceClass = fields.Word("bounce_class");
        if (Kind(type, bounceClass, fields.Word("fbtype")) is not { } kind)
        {
            reading.Ignore(type);
            return;
        }
        reading.Add(fields, new BounceReport
        {
            Kind = kind,
            Source = "sparkpost",
            EventId = fields.Id("event_id"),
            Time = fields.Time("timestamp"),
            ReturnPaths = ReturnPathList.Of(fields.Kept("rcpt_meta"), fields.Bracketed("msg_from")),
            // message_id is SparkPost's own, not the header field.
            Recipient = fields.Bracketed("raw_rcpt_to") ?? fields.Bracketed("rcpt_to"),
            // "reason" is the same with what varies taken out.
            Reply = kind is BounceReportKind.Failed or BounceReportKind.Delayed
                ? ProviderReply.Of(fields.Text("raw_reason") ?? fields.Text("reason"), fields.Word("error_code")) : null,
            Claimed = Claim(bounceClass),
        });
    }

    private static BounceReportKind? Kind(string type, string? bounceClass, string? feedback) => (type, bounceClass, feedback) switch
    {
        ("delivery", _, _) => BounceReportKind.Delivered,
        ("delay", _, _) => BounceReportKind.Delayed,
        // Mail that came back and was no bounce is an out_of_band event all the same; its class tells.
        ("bounce" or "out_of_band", "60", _) => BounceReportKind.AutoReply,
        ("bounce" or "out_of_band", "90", _) => BounceReportKind.Unsubscribe,
        ("bounce" or "out_of_band", "100", _) => BounceReportKind.ChallengeResponse,
        ("bounce" or "out_of_band", "80", _) => null,
        ("bounce" or "out_of_band" or "policy_rejection" or "generation_failure" or "generation_rejection", _, _) => BounceReportKind.Failed,
        // RFC 5965 §7.3's types: two of them are no complaints.
        ("spam_complaint", _, "not-spam") => null,
        ("spam_complaint", _, "opt-out" or "opt-out-list") => BounceReportKind.Unsubscribe,
        ("spam_complaint", _, _) => BounceReportKind.Complaint,
        ("list_unsubscribe" or "link_unsubscribe", _, _) => BounceReportKind.Unsubscribe,
        _ => null,
    };

    // SparkPost's bounce classification codes.
    private static ReplyClass? Claim(string? bounceClass) => bounceClass switch
    {
        "1" => ReplyClass.Undetermined,
        "10" => ReplyClass.UnknownUser,
        "20" or "70" => ReplyClass.Transient,
        "21" => ReplyClass.Dns,
        "22" => ReplyClass.MailboxFull,
        "23" => ReplyClass.TooLarge,
        "24" => ReplyClass.Expired,
        // 25: failed by SparkPost's own policy, suppression lists for one.
        "25" or "50" => ReplyClass.PolicyRefusal,
        "30" or "40" => ReplyClass.GenericPermanent,
        "51" => ReplyClass.ReputationRefusal,
        "52" => ReplyClass.SpamRefusal,
        "53" => ReplyClass.AttachmentRefusal,
        "54" => ReplyClass.RelayDenied,
        "60" => ReplyClass.AutoReply,
        "90" => ReplyClass.Unsubscribe,
        "100" => ReplyClass.ChallengeResponse,
        _ => null,
    };
}
