using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>SendGrid's event webhook: <c>[{"event": "bounce", "email": …, "sg_event_id": …, …}, …]</c>, custom arguments among the fields.</summary>
internal sealed class SendGridWebhook(byte[]? publicKey) : IWebhookSource
{
    public string? MissingSetting => publicKey is null ? WebhookSettings.SendGridSetting : null;

    public Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(EcdsaSignature.Fault(request, publicKey!) is { } fault
            ? new WebhookResult.Unauthorized($"sendgrid: {fault}")
            : WebhookBody.ReadArray(request.Body, "a JSON array of SendGrid events", Read));

    private static void Read(EventFields fields, ReadingBuilder reading)
    {
        var type = fields.Required("event");
        if (Kind(type) is not { } kind)
        {
            reading.Ignore(type);
            return;
        }
        // A dropped mail was never sent: its reason is SendGrid's, and no server's words.
        var claimed = type switch
        {
            "bounce" => Claim(fields.Word("bounce_classification"), fields.Word("type")),
            "dropped" => ClaimOfDrop(fields.Text("reason")),
            _ => null,
        };
        reading.Add(fields, new BounceReport
        {
            Kind = kind,
            Source = "sendgrid",
            EventId = fields.Id("sg_event_id"),
            Time = fields.Time("timestamp"),
            ReturnPaths = ReturnPathList.Of(fields.Kept(), fields.Kept("custom_args"), fields.Kept("unique_args")),
            OriginalMessageId = fields.Bracketed("smtp-id"),
            Recipient = fields.Bracketed("email"),
            Reply = type switch
            {
                "bounce" => ProviderReply.Of(fields.Text("reason"), status: fields.Word("status")),
                "dropped" when claimed is null => ProviderReply.Of(fields.Text("reason"), status: fields.Word("status")),
                "deferred" => ProviderReply.Of(fields.Text("response") ?? fields.Text("reason"), status: fields.Word("status")),
                _ => null,
            },
            Claimed = claimed,
        });
    }

    private static BounceReportKind? Kind(string type) => type switch
    {
        "bounce" or "dropped" => BounceReportKind.Failed,
        "deferred" => BounceReportKind.Delayed,
        "delivered" => BounceReportKind.Delivered,
        "spamreport" => BounceReportKind.Complaint,
        "unsubscribe" or "group_unsubscribe" => BounceReportKind.Unsubscribe,
        _ => null,
    };

    private static ReplyClass? Claim(string? classification, string? type) => (classification, type) switch
    {
        ("Invalid Address", _) => ReplyClass.UnknownUser,
        // It exists and takes nothing now: full, or not used.
        ("Mailbox Unavailable", _) => ReplyClass.SuspendedUser,
        ("Content", _) => ReplyClass.SpamRefusal,
        ("Reputation", _) => ReplyClass.ReputationRefusal,
        ("Frequency or Volume Too High", _) => ReplyClass.Throttled,
        ("Technical", _) => ReplyClass.SystemFailure,
        (_, "blocked") => ReplyClass.PolicyRefusal,
        (_, "expired") => ReplyClass.Expired,
        (_, "bounce") => ReplyClass.GenericPermanent,
        _ => null,
    };

    private static ReplyClass? ClaimOfDrop(string? reason) => reason?.Trim() switch
    {
        "Bounced Address" or "Invalid" => ReplyClass.UnknownUser,
        "Spam Reporting Address" => ReplyClass.Complaint,
        "Unsubscribed Address" or "Group Unsubscribed Address" => ReplyClass.Unsubscribe,
        { } spam when spam.StartsWith("Spam Content", StringComparison.Ordinal) => ReplyClass.SpamRefusal,
        "Invalid SMTPAPI header" or "Recipient List over Package Quota" => ReplyClass.Local,
        _ => null,
    };
}
