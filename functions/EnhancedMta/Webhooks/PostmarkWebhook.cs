using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>Postmark's webhooks, one record each: <c>{"RecordType": "Bounce", "Type": "HardBounce", …}</c>. They are not signed.</summary>
internal sealed class PostmarkWebhook(RepeatedSecrets? secrets) : IWebhookSource
{
    private const string Expected = "a JSON object with a RecordType";

    public string? MissingSetting => secrets is null ? WebhookSettings.PostmarkSetting : null;

    public Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(secrets!.Prove(request, TokenAuthentication.Header)
            ? Receive(request)
            : new WebhookResult.Unauthorized("postmark: neither the user and password nor the token is ours"));

    private static WebhookResult Receive(WebhookRequest request)
    {
        if (!WebhookBody.TryParse(request.Body, Expected, out var document, out var malformed))
            return malformed;
        using (document)
        {
            try
            {
                new EventFields(document.RootElement, "").Required("RecordType");
            }
            catch (EventFaultException e)
            {
                return new WebhookResult.Malformed($"The body must be {Expected}. {e.Message}.");
            }
            var reading = new ReadingBuilder();
            reading.ForEach([(document.RootElement, "")], fields => Read(fields, reading));
            return reading.Build();
        }
    }

    private static void Read(EventFields fields, ReadingBuilder reading)
    {
        var record = fields.Required("RecordType");
        var report = record switch
        {
            "Bounce" => Bounce(fields),
            "SpamComplaint" => Report(fields, BounceReportKind.Complaint, fields.Id("ID"), "Email", "BouncedAt"),
            "Delivery" => Report(fields, BounceReportKind.Delivered, $"{fields.Id("MessageID")}/delivery", "Recipient", "DeliveredAt"),
            // A bounce or a complaint that stops the sending is reported as such, too; here it is only what the recipient did.
            "SubscriptionChange" when fields.IsTrue("SuppressSending") && fields.Word("SuppressionReason") == "ManualSuppression" && fields.Word("Origin") == "Recipient" =>
                Report(fields, BounceReportKind.Unsubscribe, $"{fields.Id("MessageID")}/{fields.Word("ChangedAt")}", "Recipient", "ChangedAt"),
            _ => null,
        };
        if (report is null)
            reading.Ignore(record == "Bounce" ? $"Bounce {fields.Required("Type")}" : record);
        else
            reading.Add(fields, report);
    }

    private static BounceReport? Bounce(EventFields fields)
    {
        var (kind, claimed) = Meaning(fields.Required("Type"));
        if (kind is not { } known)
            return null;
        return Report(fields, known, fields.Id("ID"), "Email", "BouncedAt") with
        {
            // Description is Postmark's text on the type, with examples of other failures in it.
            Reply = known is BounceReportKind.Failed or BounceReportKind.Delayed ? ProviderReply.Of(fields.Text("Details")) : null,
            Claimed = claimed,
        };
    }

    private static BounceReport Report(EventFields fields, BounceReportKind kind, string id, string recipient, string time) => new()
    {
        Kind = kind,
        Source = "postmark",
        EventId = id,
        Time = fields.Time(time),
        // From is the header field, the envelope is Postmark's own, and so is MessageID.
        ReturnPaths = ReturnPathList.Of(fields.Kept("Metadata")),
        Recipient = fields.Bracketed(recipient),
    };

    private static (BounceReportKind? Kind, ReplyClass? Claimed) Meaning(string type) => type switch
    {
        "HardBounce" => (BounceReportKind.Failed, ReplyClass.UnknownUser),
        "BadEmailAddress" => (BounceReportKind.Failed, ReplyClass.UnknownUser),
        "Transient" => (BounceReportKind.Delayed, ReplyClass.Transient),
        "SoftBounce" => (BounceReportKind.Failed, ReplyClass.Transient),
        "DnsError" => (BounceReportKind.Failed, ReplyClass.Dns),
        "SpamNotification" => (BounceReportKind.Failed, ReplyClass.SpamRefusal),
        "VirusNotification" => (BounceReportKind.Failed, ReplyClass.AttachmentRefusal),
        "Blocked" => (BounceReportKind.Failed, ReplyClass.ReputationRefusal),
        "DMARCPolicy" => (BounceReportKind.Failed, ReplyClass.AuthenticationRefusal),
        "ManuallyDeactivated" or "Unconfirmed" => (BounceReportKind.Failed, ReplyClass.PolicyRefusal),
        "SMTPApiError" => (BounceReportKind.Failed, ReplyClass.Local),
        "Unknown" => (BounceReportKind.Failed, ReplyClass.Undetermined),
        "AutoResponder" or "AddressChange" => (BounceReportKind.AutoReply, ReplyClass.AutoReply),
        "ChallengeVerification" => (BounceReportKind.ChallengeResponse, ReplyClass.ChallengeResponse),
        "Unsubscribe" => (BounceReportKind.Unsubscribe, ReplyClass.Unsubscribe),
        "SpamComplaint" => (BounceReportKind.Complaint, ReplyClass.Complaint),
        _ => (null, null),
    };
}
