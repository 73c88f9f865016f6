using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

public sealed class PostmarkWebhookTests
{
    private const string Token = "a token of some length";

    private readonly WebhookReceiver _receiver = Webhook.Receiver(new WebhookSettings
    {
        Postmark = new RepeatedSecrets(new SharedSecret("post:a password: with colons"), new SharedSecret(Token)),
    });

    [Fact]
    public async Task A_hard_bounce_is_a_failure_in_the_servers_words()
    {
        var report = await OneAsync(Bounce("HardBounce", "smtp;550 5.1.1 <jane@mail.example>: unknown here"));
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("postmark", "692560173", "jane@mail.example"), (report.Source, report.EventId, report.Recipient));
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 9, 20, 0, TimeSpan.Zero), report.Time);
        Assert.Equal([Webhook.ReturnPath], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 1)), (report.Reply!.Code, report.Reply.Status));
        Assert.Equal(ReplyClass.UnknownUser, report.Claimed);
        Assert.Null(report.OriginalMessageId);
    }

    // It has examples of failures in it that did not happen.
    [Fact]
    public async Task The_description_of_a_type_is_nobodys_words() => Assert.Null((await OneAsync(Bounce("HardBounce", ""))).Reply);

    [Theory]
    [InlineData("Transient", BounceReportKind.Delayed, ReplyClass.Transient)]
    [InlineData("SoftBounce", BounceReportKind.Failed, ReplyClass.Transient)]
    [InlineData("BadEmailAddress", BounceReportKind.Failed, ReplyClass.UnknownUser)]
    [InlineData("SpamNotification", BounceReportKind.Failed, ReplyClass.SpamRefusal)]
    [InlineData("Blocked", BounceReportKind.Failed, ReplyClass.ReputationRefusal)]
    [InlineData("DnsError", BounceReportKind.Failed, ReplyClass.Dns)]
    [InlineData("DMARCPolicy", BounceReportKind.Failed, ReplyClass.AuthenticationRefusal)]
    [InlineData("AutoResponder", BounceReportKind.AutoReply, ReplyClass.AutoReply)]
    [InlineData("ChallengeVerification", BounceReportKind.ChallengeResponse, ReplyClass.ChallengeResponse)]
    [InlineData("Unsubscribe", BounceReportKind.Unsubscribe, ReplyClass.Unsubscribe)]
    public async Task Each_type_has_its_kind_and_class(string type, BounceReportKind kind, ReplyClass claimed)
    {
        var report = await OneAsync(Bounce(type));
        Assert.Equal((kind, claimed), (report.Kind, report.Claimed));
    }

    [Fact]
    public async Task A_complaint_is_a_complaint() =>
        Assert.Equal(BounceReportKind.Complaint, (await OneAsync("""{"RecordType": "SpamComplaint", "Type": "SpamComplaint", "ID": 42, "Email": "jane@mail.example"}""")).Kind);

    [Fact]
    public async Task A_delivery_is_a_delivery()
    {
        var report = await OneAsync("""{"RecordType": "Delivery", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Recipient": "jane@mail.example", "DeliveredAt": "2026-03-14T09:20:00Z"}""");
        Assert.Equal((BounceReportKind.Delivered, "883953f4-6105-42a2-a16a-77a8eac79483/delivery"), (report.Kind, report.EventId));
    }

    [Fact]
    public async Task Only_what_the_recipient_changes_is_an_unsubscription()
    {
        Assert.Equal(BounceReportKind.Unsubscribe, (await OneAsync(Change("Recipient", "ManualSuppression", true))).Kind);
        foreach (var other in new[] { Change("Customer", "ManualSuppression", true), Change("Recipient", "HardBounce", true), Change("Recipient", "ManualSuppression", false) })
            Assert.Equal(1, (await ReadAsync(other)).Ignored["SubscriptionChange"]);
    }

    [Fact]
    public async Task Unknown_records_and_types_are_counted()
    {
        Assert.Equal(1, (await ReadAsync("""{"RecordType": "Open"}""")).Ignored["Open"]);
        Assert.Equal(1, (await ReadAsync(Bounce("Subscribe"))).Ignored["Bounce Subscribe"]);
    }

    [Fact]
    public async Task A_broken_record_is_a_fault_that_names_the_field() =>
        Assert.Equal(["Email: must be a string"], (await ReadAsync("""{"RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "Email": true}""")).Faults);

    [Fact]
    public async Task The_same_record_twice_has_the_same_id() =>
        Assert.Equal((await OneAsync(Bounce("HardBounce"))).EventId, (await OneAsync(Bounce("HardBounce"))).EventId);

    [Fact]
    public async Task Either_secret_proves_and_nothing_else()
    {
        foreach (var header in new[] { Webhook.Basic("post", "a password: with colons"), Webhook.Bearer(Token), ("X-EMTA-Token", Token) })
            await _receiver.ReadOneAsync("postmark", Webhook.Request(Bounce("HardBounce"), header));
        foreach (var header in new[] { Webhook.Basic("post", "a password"), Webhook.Basic("postt", ""), Webhook.Bearer("x"), ("X-EMTA-Token", Token.ToUpperInvariant()), ("X-MessageSystems-Webhook-Token", Token) })
            await _receiver.RefusedAsync("postmark", Webhook.Request(Bounce("HardBounce"), header));
    }

    [Fact]
    public async Task A_body_of_another_shape_is_told_what_was_expected()
    {
        foreach (var body in new[] { "[]", "{}", "{\"RecordType\": {}}", "RecordType=Bounce" })
            Assert.Contains("RecordType", await _receiver.MalformedAsync("postmark", Webhook.Request(body, Webhook.Bearer(Token))), StringComparison.Ordinal);
    }

    private static string Bounce(string type, string details = "") => $$$"""
        {"RecordType": "Bounce", "MessageStream": "outbound", "ID": 692560173, "Type": "{{{type}}}", "TypeCode": 1, "Name": "Hard bounce", "Tag": "", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
         "Metadata": {"emta": "{{{Webhook.ReturnPath}}}"}, "ServerID": 23, "Description": "Undeliverable, as when the user is unknown or the mailbox full.", "Details": "{{{details}}}",
         "Email": "jane@mail.example", "From": "shop@shop.example", "BouncedAt": "2026-03-14T10:20:00.0000000+01:00", "DumpAvailable": true, "Inactive": true, "CanActivate": true, "Subject": "Hello"}
        """;

    private static string Change(string origin, string reason, bool stops) => $$"""
        {"RecordType": "SubscriptionChange", "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "ChangedAt": "2026-03-14T09:20:00Z", "Recipient": "jane@mail.example",
         "Origin": "{{origin}}", "SuppressSending": {{(stops ? "true" : "false")}}, "SuppressionReason": "{{reason}}"}
        """;

    private Task<WebhookReading> ReadAsync(string body) => _receiver.ReadAsync("postmark", Webhook.Request(body, Webhook.Bearer(Token)));

    private Task<BounceReport> OneAsync(string body) => _receiver.ReadOneAsync("postmark", Webhook.Request(body, Webhook.Bearer(Token)));
}
