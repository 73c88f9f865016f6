using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>What Amazon SES says, once it is proven.</summary>
public sealed class SesEventsTests : IClassFixture<AmazonSns>
{
    private const string Mail = $$$"""
        "mail": {"timestamp": "2026-03-14T09:00:00.000Z", "source": "{{{Webhook.ReturnPath}}}", "messageId": "0102018f-ses", "destination": ["jane@mail.example"], "headersTruncated": false,
          "headers": [{"name": "From", "value": "Shop <shop@shop.example>"}, {"name": "X-EMTA-Message", "value": "<b-header@bounces.shop.example>"}, {"name": "message-id", "value": "<from-header@shop.example>"}],
          "commonHeaders": {"from": ["shop@shop.example"], "messageId": "<2026.77@shop.example>", "subject": "Hello"}, "tags": {"ses:caller-identity": ["x"]}}
        """;

    private readonly AmazonSns _sns;
    private readonly WebhookReceiver _receiver;

    public SesEventsTests(AmazonSns sns) => (_sns, _receiver) = (sns, Webhook.Receiver(new WebhookSettings { SesTopics = [AmazonSns.Topic] }, sns.Client));

    [Theory]
    [InlineData("notificationType")]
    [InlineData("eventType")]
    public async Task A_bounce_is_a_failure_in_the_servers_words(string name)
    {
        var report = await OneAsync($$"""
            {"{{name}}": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "0102018f-feedback", "timestamp": "2026-03-14T09:20:00.000Z", "reportingMTA": "dns; a1.smtp-out.eu-west-1.amazonses.com",
              "bouncedRecipients": [{"emailAddress": "Jane@mail.example", "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 <jane@mail.example>... nobody here"}]}, {{Mail}}}
            """);
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("ses", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324/Jane@mail.example", "Jane@mail.example", "2026.77@shop.example"), (report.Source, report.EventId, report.Recipient, report.OriginalMessageId));
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 9, 20, 0, TimeSpan.Zero), report.Time);
        Assert.Equal(["b-header@bounces.shop.example", Webhook.ReturnPath], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 1)), (report.Reply!.Code, report.Reply.Status));
        Assert.Equal(ReplyClass.GenericPermanent, report.Claimed);
    }

    [Theory]
    [InlineData("Permanent", "Suppressed", ReplyClass.UnknownUser)]
    [InlineData("Permanent", "OnAccountSuppressionList", ReplyClass.PolicyRefusal)]
    [InlineData("Permanent", "NoEmail", ReplyClass.GenericPermanent)]
    [InlineData("Transient", "General", ReplyClass.Transient)]
    [InlineData("Transient", "MailboxFull", ReplyClass.MailboxFull)]
    [InlineData("Transient", "MessageTooLarge", ReplyClass.TooLarge)]
    [InlineData("Transient", "ContentRejected", ReplyClass.SpamRefusal)]
    [InlineData("Transient", "AttachmentRejected", ReplyClass.AttachmentRefusal)]
    [InlineData("Undetermined", "Undetermined", ReplyClass.Undetermined)]
    public async Task The_types_of_a_bounce_are_what_SES_claims(string type, string subType, ReplyClass claimed)
    {
        var report = await OneAsync($$"""{"eventType": "Bounce", "bounce": {"bounceType": "{{type}}", "bounceSubType": "{{subType}}", "bouncedRecipients": [{"emailAddress": "jane@mail.example"}]}, {{Mail}}}""");
        Assert.Equal((claimed, null), (report.Claimed, report.Reply));
    }

    [Theory]
    [InlineData("null", "\"abuse\"", BounceReportKind.Complaint)]
    [InlineData("null", "null", BounceReportKind.Complaint)]
    // It was not even sent.
    [InlineData("\"OnAccountSuppressionList\"", "null", BounceReportKind.Failed)]
    public async Task A_complaint_is_one_if_the_mail_was_sent(string subType, string feedback, BounceReportKind kind)
    {
        var report = await OneAsync(Complaint(subType, feedback));
        Assert.Equal((kind, ReplyClass.Complaint), (report.Kind, report.Claimed));
    }

    [Fact]
    public async Task Feedback_that_is_no_complaint_is_counted() => Assert.Equal(1, (await ReadAsync(Complaint("null", "\"not-spam\""))).Ignored["Complaint not-spam"]);

    [Theory]
    [InlineData("\"DeliveryDelay\", \"deliveryDelay\": {\"delayType\": \"MailboxFull\", \"delayedRecipients\": [{\"emailAddress\": \"jane@mail.example\", \"status\": \"4.2.2\", \"diagnosticCode\": \"smtp; 452 4.2.2 full\"}]}", BounceReportKind.Delayed)]
    [InlineData("\"Delivery\", \"delivery\": {\"recipients\": [\"jane@mail.example\"], \"smtpResponse\": \"250 ok\"}", BounceReportKind.Delivered)]
    [InlineData("\"Reject\", \"reject\": {\"reason\": \"Bad content\"}", BounceReportKind.Failed)]
    [InlineData("\"Subscription\", \"subscription\": {\"contactList\": \"c\", \"source\": \"UnsubscribeHeader\", \"newTopicPreferences\": {\"unsubscribeAll\": true}}", BounceReportKind.Unsubscribe)]
    public async Task Each_event_has_its_kind(string fields, BounceReportKind kind)
    {
        var report = await OneAsync($$"""{"eventType": {{fields}}, {{Mail}}}""");
        Assert.Equal((kind, "jane@mail.example"), (report.Kind, report.Recipient));
    }

    [Fact]
    public async Task Unknown_events_and_SES_own_greetings_are_counted()
    {
        Assert.Equal(1, (await ReadAsync($$"""{"eventType": "Rendering Failure", {{Mail}}}""")).Ignored["Rendering Failure"]);
        Assert.Equal(1, (await ReadAsync("""{"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed."}""")).Ignored["AmazonSnsSubscriptionSucceeded"]);
        Assert.Equal(1, (await ReadAsync("Successfully validated SNS topic for Amazon SES event publishing.")).Ignored["topic validation"]);
    }

    [Fact]
    public async Task A_broken_recipient_is_named_and_the_others_are_read()
    {
        var reading = await ReadAsync($$"""
            {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "a@mail.example"}, 7, {"emailAddress": ["b@mail.example"]}, {"emailAddress": "c@mail.example"}]}, {{Mail}}}
            """);
        Assert.Equal(["a@mail.example", "c@mail.example"], reading.Reports.Select(r => r.Recipient));
        Assert.Equal(["Message.bounce.bouncedRecipients[1]: must be an object", "Message.bounce.bouncedRecipients[2].emailAddress: must be a string"], reading.Faults);
        Assert.Equal(2, reading.Reports.Select(r => r.EventId).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"eventType": "Bounce", "mail": {}}""", "Message.bounce: is missing")]
    [InlineData("""{"eventType": "Bounce", "bounce": {}}""", "Message.mail: is missing")]
    [InlineData("""{"eventType": "Bounce", "bounce": {"bouncedRecipients": []}, "mail": {}}""", "Message.bounce.bouncedRecipients: is empty")]
    [InlineData("""{"eventType": "Delivery", "delivery": {"recipients": "x"}, "mail": {}}""", "Message.delivery.recipients: must be an array")]
    [InlineData("""{}""", "Message.notificationType: is missing")]
    [InlineData("""[]""", "Message: must be an object")]
    public async Task A_broken_event_is_a_fault_that_names_the_field(string message, string fault) => Assert.Equal([fault], (await ReadAsync(message)).Faults);

    private static string Complaint(string subType, string feedback) => $$"""
        {"notificationType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "jane@mail.example"}], "complaintSubType": {{subType}}, "complaintFeedbackType": {{feedback}}}, {{Mail}}}
        """;

    private Task<WebhookReading> ReadAsync(string message) => _receiver.ReadAsync("ses", _sns.Notification(message));

    private Task<BounceReport> OneAsync(string message) => _receiver.ReadOneAsync("ses", _sns.Notification(message));
}
