using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

public sealed class SendGridWebhookTests : IDisposable
{
    private const string SignatureHeader = "X-Twilio-Email-Event-Webhook-Signature";
    private const string TimestampHeader = "X-Twilio-Email-Event-Webhook-Timestamp";
    private const string Timestamp = "1773480013";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebhookReceiver _receiver;

    public SendGridWebhookTests() => _receiver = Webhook.Receiver(new WebhookSettings { SendGridKey = _key.ExportSubjectPublicKeyInfo() });

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_bounce_is_a_failure_in_the_servers_words()
    {
        var report = await OneAsync($$"""
            {"email": "jane@mail.example", "event": "bounce", "type": "bounce", "bounce_classification": "Invalid Address", "reason": "550 no such mailbox here", "status": "5.1.1",
             "sg_event_id": "Ym91bmNlLTAtMTIzNDU2Nzg", "sg_message_id": "x.filter0001.1.2-0", "smtp-id": "<2026.77@shop.example>", "timestamp": 1773480000, "tls": 1,
             "emta": "<{{Webhook.ReturnPath}}>", "category": ["a", "b"]}
            """);
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("sendgrid", "Ym91bmNlLTAtMTIzNDU2Nzg", "jane@mail.example", "2026.77@shop.example"), (report.Source, report.EventId, report.Recipient, report.OriginalMessageId));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_773_480_000), report.Time);
        Assert.Equal([Webhook.ReturnPath], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 1), "no such mailbox here"), (report.Reply!.Code, report.Reply.Status, report.Reply.Text));
        Assert.Equal(ReplyClass.UnknownUser, report.Claimed);
    }

    [Theory]
    [InlineData("deferred", BounceReportKind.Delayed)]
    [InlineData("delivered", BounceReportKind.Delivered)]
    [InlineData("spamreport", BounceReportKind.Complaint)]
    [InlineData("unsubscribe", BounceReportKind.Unsubscribe)]
    [InlineData("group_unsubscribe", BounceReportKind.Unsubscribe)]
    [InlineData("dropped", BounceReportKind.Failed)]
    public async Task Each_event_has_its_kind(string name, BounceReportKind kind) => Assert.Equal(kind, (await OneAsync(Event(name))).Kind);

    [Theory]
    [InlineData("blocked", ReplyClass.PolicyRefusal)]
    [InlineData("expired", ReplyClass.Expired)]
    [InlineData("bounce", ReplyClass.GenericPermanent)]
    public async Task The_type_of_a_bounce_is_what_SendGrid_claims(string type, ReplyClass claimed) =>
        Assert.Equal(claimed, (await OneAsync(Event("bounce", $$""" "type": "{{type}}" """))).Claimed);

    [Fact]
    public async Task What_SendGrid_did_not_even_send_has_no_servers_words()
    {
        var known = await OneAsync(Event("dropped", """ "reason": "Bounced Address" """));
        Assert.Null(known.Reply);
        Assert.Equal(ReplyClass.UnknownUser, known.Claimed);
        var other = await OneAsync(Event("dropped", """ "reason": "of a kind that is new" """));
        Assert.Equal("of a kind that is new", other.Reply!.Text);
        Assert.Null(other.Claimed);
    }

    [Fact]
    public async Task A_deferral_holds_the_response()
    {
        var report = await OneAsync(Event("deferred", """ "response": "421 4.7.0 too much from you, wait", "attempt": "3" """));
        Assert.Equal((421, new EnhancedStatusCode(4, 7, 0)), (report.Reply!.Code, report.Reply.Status));
    }

    [Fact]
    public async Task Unknown_events_are_counted_and_a_broken_one_is_named()
    {
        var reading = await ReadAsync($"[{Event("open")},{Event("click")},{Event("open")},{{\"event\":\"bounce\",\"email\":[]}},{Event("bounce")},null,{{\"email\":\"x@mail.example\"}}]");
        Assert.Equal(new Dictionary<string, int> { ["open"] = 2, ["click"] = 1 }, reading.Ignored);
        Assert.Equal(["[3].email: must be a string", "[5]: must be an object", "[6].event: is missing"], reading.Faults);
        Assert.Single(reading.Reports);
    }

    [Fact]
    public async Task A_day_old_signature_is_as_good()
    {
        var receiver = Webhook.Receiver(new WebhookSettings { SendGridKey = _key.ExportSubjectPublicKeyInfo() }, now: Webhook.Now.AddDays(1));
        var first = await receiver.ReadOneAsync("sendgrid", Signed($"[{Event("bounce")}]"));
        Assert.Equal(first.EventId, (await receiver.ReadOneAsync("sendgrid", Signed($"[{Event("bounce")}]"))).EventId);
    }

    [Fact]
    public async Task A_changed_body_or_timestamp_is_refused()
    {
        var signature = Signature(_key, $"[{Event("bounce")}]");
        await _receiver.RefusedAsync("sendgrid", Webhook.Request($"[{Event("bounce")}] ", (SignatureHeader, signature), (TimestampHeader, Timestamp)));
        await _receiver.RefusedAsync("sendgrid", Webhook.Request($"[{Event("bounce")}]", (SignatureHeader, signature), (TimestampHeader, "1773480014")));
    }

    [Fact]
    public async Task A_signature_of_another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await _receiver.RefusedAsync("sendgrid", Webhook.Request("[]", (SignatureHeader, Signature(other, "[]")), (TimestampHeader, Timestamp)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no base64!")]
    [InlineData("AAAA")]
    [InlineData("MAYCAQACAQA=")]
    public async Task What_is_no_signature_is_refused(string? signature) =>
        await _receiver.RefusedAsync("sendgrid", signature is null ? Webhook.Request("[]", (TimestampHeader, Timestamp)) : Webhook.Request("[]", (SignatureHeader, signature), (TimestampHeader, Timestamp)));

    [Fact]
    public async Task A_body_of_another_shape_is_told_what_was_expected()
    {
        Assert.Contains("JSON array of SendGrid events; it is an object", await _receiver.MalformedAsync("sendgrid", Signed("{}")), StringComparison.Ordinal);
        Assert.Contains("line 2, octet", await _receiver.MalformedAsync("sendgrid", Signed("[\n{\"event\"")), StringComparison.Ordinal);
    }

    private static string Event(string name, string? more = null) =>
        $$"""{"email": "jane@mail.example", "event": "{{name}}", "sg_event_id": "id-{{name}}", "timestamp": 1773480000{{(more is null ? "" : "," + more)}}}""";

    private static string Signature(ECDsa key, string body) =>
        Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(Timestamp + body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    private WebhookRequest Signed(string body) => Webhook.Request(body, (SignatureHeader, Signature(_key, body)), (TimestampHeader, Timestamp));

    private Task<WebhookReading> ReadAsync(string body) => _receiver.ReadAsync("sendgrid", Signed(body));

    private Task<BounceReport> OneAsync(string json) => _receiver.ReadOneAsync("sendgrid", Signed($"[{json}]"));
}
