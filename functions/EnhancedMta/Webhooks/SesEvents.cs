using EnhancedMta.Bounces;
using EnhancedMta.Qualification;

namespace EnhancedMta.Webhooks;

/// <summary>What Amazon SES writes into SNS messages: <c>notificationType</c> or, for event destinations, <c>eventType</c>.</summary>
internal static class SesEvents
{
    // Fields of the header that hold our return path; SES reports the header when it is asked to.
    private static readonly string[] ReturnPathFields = ["X-EMTA-Message", "Return-Path"];

    /// <param name="fields">The event.</param>
    /// <param name="snsId">Id of the SNS message: SES's events have none of their own, and an SNS message sent again keeps its id.</param>
    /// <param name="reading">Gets one report for each recipient.</param>
    public static void Read(EventFields fields, string snsId, ReadingBuilder reading)
    {
        var type = fields.Word("eventType") ?? fields.Required("notificationType");
        switch (type)
        {
            case "Bounce":
                ReadBounce(fields, fields.RequiredObject("bounce"), snsId, reading);
                break;
            case "Complaint":
                ReadComplaint(fields, fields.RequiredObject("complaint"), snsId, reading);
                break;
            case "DeliveryDelay":
                var delay = fields.RequiredObject("deliveryDelay");
                var delayed = About(fields, BounceReportKind.Delayed, delay);
                reading.ForEach(delay.RequiredItems("delayedRecipients"), r => Add(r, delayed with { Reply = Reply(r) }, r.Bracketed("emailAddress"), snsId, reading));
                break;
            case "Delivery":
                var delivery = fields.RequiredObject("delivery");
                AddAll(delivery, "recipients", About(fields, BounceReportKind.Delivered, delivery), snsId, reading);
                break;
            case "Reject":
                // SES found a virus. The event has neither time nor recipients of its own.
                AddAll(fields.RequiredObject("mail"), "destination", About(fields, BounceReportKind.Failed, null) with { Claimed = ReplyClass.AttachmentRefusal }, snsId, reading);
                break;
            case "Subscription" when fields.Object("subscription") is { } subscription && subscription.Object("newTopicPreferences")?.IsTrue("unsubscribeAll") == true:
                AddAll(fields.RequiredObject("mail"), "destination", About(fields, BounceReportKind.Unsubscribe, subscription), snsId, reading);
                break;
            default:
                reading.Ignore(type);
                break;
        }
    }

    private static void ReadBounce(EventFields fields, EventFields bounce, string snsId, ReadingBuilder reading)
    {
        var report = About(fields, BounceReportKind.Failed, bounce) with { Claimed = Claim(bounce.Word("bounceType"), bounce.Word("bounceSubType")) };
        reading.ForEach(bounce.RequiredItems("bouncedRecipients"), r => Add(r, report with { Reply = Reply(r) }, r.Bracketed("emailAddress"), snsId, reading));
    }

    private static void ReadComplaint(EventFields fields, EventFields complaint, string snsId, ReadingBuilder reading)
    {
        // RFC 5965 §7.3 and RFC 6591: these two are no complaints.
        var feedback = complaint.Word("complaintFeedbackType");
        if (feedback is "not-spam" or "auth-failure")
        {
            reading.Ignore($"Complaint {feedback}");
            return;
        }
        // A sub-type says that SES did not even send it, since the recipient had complained before.
        var report = About(fields, complaint.Word("complaintSubType") is null ? BounceReportKind.Complaint : BounceReportKind.Failed, complaint) with { Claimed = ReplyClass.Complaint };
        reading.ForEach(complaint.RequiredItems("complainedRecipients"), r => Add(r, report, r.Bracketed("emailAddress"), snsId, reading));
    }

    private static BounceReport About(EventFields fields, BounceReportKind kind, EventFields? happening)
    {
        var mail = fields.RequiredObject("mail");
        var header = new List<(string Name, string Value)>();
        foreach (var (element, path) in mail.Items("headers"))
        {
            // What else the sender wrote into the header may be of any length and form.
            var field = new EventFields(element, path);
            if (field.Text("name") is { } name && IsWanted(name) && field.Bracketed("value") is { } value)
                header.Add((name, value));
        }

        string?[] Values(string wanted) => [.. header.Where(f => f.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value)];
        return new BounceReport
        {
            Kind = kind,
            Source = "ses",
            Time = happening?.Time("timestamp") ?? mail.Time("timestamp"),
            ReturnPaths = ReturnPathList.Of([.. ReturnPathFields.SelectMany(Values), mail.Bracketed("source")]),
            // mail.messageId is SES's own.
            OriginalMessageId = mail.Object("commonHeaders")?.Bracketed("messageId") ?? Values("Message-ID").FirstOrDefault(),
        };
    }

    private static bool IsWanted(string name) =>
        name.Equals("Message-ID", StringComparison.OrdinalIgnoreCase) || ReturnPathFields.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static void AddAll(EventFields parent, string name, BounceReport report, string snsId, ReadingBuilder reading)
    {
        foreach (var (element, path) in parent.RequiredItems(name))
            Add(parent, report, EventFields.Bracketed(element, path), snsId, reading);
    }

    private static void Add(EventFields at, BounceReport report, string? recipient, string snsId, ReadingBuilder reading) =>
        reading.Add(at, report with { EventId = $"{snsId}/{recipient}", Recipient = recipient });

    private static Smtp.SmtpReply? Reply(EventFields recipient) => ProviderReply.Of(recipient.Text("diagnosticCode"), status: recipient.Word("status"));

    private static ReplyClass Claim(string? type, string? subType) => (type, subType) switch
    {
        // On SES's own list: an address that lately bounced for others, too.
        (_, "Suppressed") => ReplyClass.UnknownUser,
        // On the account's list, which has addresses of complaints as well as of bounces.
        (_, "OnAccountSuppressionList") => ReplyClass.PolicyRefusal,
        (_, "MailboxFull") => ReplyClass.MailboxFull,
        (_, "MessageTooLarge") => ReplyClass.TooLarge,
        (_, "ContentRejected") => ReplyClass.SpamRefusal,
        (_, "AttachmentRejected") => ReplyClass.AttachmentRefusal,
        (_, "CustomTimeoutExceeded") => ReplyClass.Expired,
        ("Permanent", _) => ReplyClass.GenericPermanent,
        ("Transient", _) => ReplyClass.Transient,
        _ => ReplyClass.Undetermined,
    };
}
