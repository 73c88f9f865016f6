using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>Mailgun's webhooks, one event each: <c>{"signature": {…}, "event-data": {"event": "failed", …}}</c>.</summary>
internal sealed class MailgunWebhook(IReadOnlyList<byte[]> keys, TimeProvider clock) : IWebhookSource
{
    private const string Expected = "a JSON object with signature and event-data";

    private readonly MailgunSignature _signature = new(keys, clock);

    public string? MissingSetting => keys.Count == 0 ? WebhookSettings.MailgunSetting : null;

    public Task<WebhookResult> ReceiveAsync(WebhookRequest request, CancellationToken cancellationToken) => Task.FromResult(Receive(request));

    private WebhookResult Receive(WebhookRequest request)
    {
        if (!WebhookBody.TryParse(request.Body, Expected, out var document, out var malformed))
            return malformed;
        using (document)
        {
            EventFields data;
            try
            {
                var body = new EventFields(document.RootElement, "");
                data = body.RequiredObject("event-data");
                if (_signature.Fault(body.RequiredObject("signature"), data.Id("id")) is { } fault)
                    return new WebhookResult.Unauthorized($"mailgun: {fault}");
            }
            catch (EventFaultException e)
            {
                return new WebhookResult.Malformed($"The body must be {Expected}. {e.Message}.");
            }
            var reading = new ReadingBuilder();
            reading.ForEach([(document.RootElement.GetProperty("event-data"), data.Path)], fields => Read(fields, reading));
            return reading.Build();
        }
    }

    private static void Read(EventFields fields, ReadingBuilder reading)
    {
        var type = fields.Required("event");
        var severity = fields.Word("severity");
        if (Kind(type, severity) is not { } kind)
        {
            reading.Ignore(severity is null ? type : $"{type} {severity}");
            return;
        }
        var status = fields.Object("delivery-status");
        var claimed = type == "rejected" ? ReplyClass.PolicyRefusal : Claim(fields.Word("reason"));
        var isSuppressed = claimed is ReplyClass.UnknownUser or ReplyClass.Complaint or ReplyClass.Unsubscribe;
        reading.Add(fields, new BounceReport
        {
            Kind = kind,
            Source = "mailgun",
            EventId = fields.Id("id"),
            Time = fields.Time("timestamp"),
            ReturnPaths = ReturnPathList.Of(fields.Kept("user-variables"), fields.Object("envelope")?.Bracketed("sender")),
            OriginalMessageId = fields.Object("message")?.Object("headers")?.Bracketed("message-id"),
            Recipient = fields.Bracketed("recipient") ?? fields.Object("envelope")?.Bracketed("targets"),
            // A suppressed mail was never sent: the words are Mailgun's, and no server's.
            Reply = type == "failed" && !isSuppressed && status is { } told
                ? ProviderReply.Of(Longer(told.Text("message"), told.Text("description")), told.Word("code"), told.Word("enhanced-code")) : null,
            RemoteMta = status?.Word("mx-host"),
            Claimed = kind is BounceReportKind.Failed or BounceReportKind.Delayed ? claimed : null,
        });
    }

    private static BounceReportKind? Kind(string type, string? severity) => (type, severity) switch
    {
        ("failed", "permanent") or ("rejected", _) => BounceReportKind.Failed,
        ("failed", "temporary") => BounceReportKind.Delayed,
        ("delivered", _) => BounceReportKind.Delivered,
        ("complained", _) => BounceReportKind.Complaint,
        ("unsubscribed", _) => BounceReportKind.Unsubscribe,
        _ => null,
    };

    private static ReplyClass? Claim(string? reason) => reason switch
    {
        "suppress-bounce" => ReplyClass.UnknownUser,
        "suppress-complaint" => ReplyClass.Complaint,
        "suppress-unsubscribe" => ReplyClass.Unsubscribe,
        "bounce" or "hardfail" => ReplyClass.GenericPermanent,
        "espblock" => ReplyClass.ReputationRefusal,
        "greylisted" => ReplyClass.Greylisted,
        "old" => ReplyClass.Expired,
        _ => null,
    };

    // One of them is empty, or they are the same, or one has what the other leaves out.
    private static string? Longer(string? message, string? description) => (description?.Length ?? 0) > (message?.Length ?? 0) ? description : message;
}
