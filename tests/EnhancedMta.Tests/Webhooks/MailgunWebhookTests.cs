using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

public sealed class MailgunWebhookTests
{
    private static readonly byte[] NewKey = "key-of-today-0123456789"u8.ToArray();
    private static readonly byte[] OldKey = "key-of-yesterday-0123456789"u8.ToArray();

    private readonly WebhookReceiver _receiver = Webhook.Receiver(new WebhookSettings { MailgunKeys = [NewKey, OldKey] });

    [Fact]
    public async Task A_permanent_failure_is_a_failure_in_the_servers_words()
    {
        var report = await OneAsync(Event("failed", """
            "severity": "permanent", "reason": "bounce",
            "delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "we have no such user", "description": "", "mx-host": "mx1.mail.example", "attempt-no": 1, "session-seconds": 0.3}
            """));
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("mailgun", "G9Bn5sl1TC6nu79C8C0bwg", "jane@mail.example", "2026.77@shop.example"), (report.Source, report.EventId, report.Recipient, report.OriginalMessageId));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_773_480_000_500), report.Time);
        Assert.Equal([Webhook.ReturnPath, "bounce+1=jane=mail.example@mg.shop.example"], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 1), "mx1.mail.example"), (report.Reply!.Code, report.Reply.Status, report.RemoteMta));
        Assert.Equal(ReplyClass.GenericPermanent, report.Claimed);
    }

    [Fact]
    public async Task What_Mailgun_did_not_even_send_has_no_servers_words()
    {
        var report = await OneAsync(Event("failed", """
            "severity": "permanent", "reason": "suppress-bounce", "delivery-status": {"code": 605, "message": "", "description": "Not delivering to previously bounced address"}
            """));
        Assert.Null(report.Reply);
        Assert.Equal(ReplyClass.UnknownUser, report.Claimed);
    }

    [Theory]
    [InlineData("failed", "\"severity\": \"temporary\"", BounceReportKind.Delayed)]
    [InlineData("rejected", "\"reject\": {\"reason\": \"a virus\"}", BounceReportKind.Failed)]
    [InlineData("complained", "\"tags\": []", BounceReportKind.Complaint)]
    [InlineData("unsubscribed", "\"tags\": []", BounceReportKind.Unsubscribe)]
    [InlineData("delivered", "\"tags\": []", BounceReportKind.Delivered)]
    public async Task Each_event_has_its_kind(string name, string fields, BounceReportKind kind) => Assert.Equal(kind, (await OneAsync(Event(name, fields))).Kind);

    [Fact]
    public async Task Unknown_events_are_counted()
    {
        Assert.Equal(1, (await _receiver.ReadAsync("mailgun", Signed(Event("opened")))).Ignored["opened"]);
        Assert.Equal(1, (await _receiver.ReadAsync("mailgun", Signed(Event("failed", """ "severity": "strange" """)))).Ignored["failed strange"]);
    }

    [Fact]
    public async Task A_broken_event_is_a_fault_that_names_the_field() =>
        Assert.Equal(["event-data.recipient: must be a string"], (await _receiver.ReadAsync("mailgun", Signed("""{"event": "complained", "id": "1", "recipient": {}}"""))).Faults);

    [Fact]
    public async Task Both_keys_prove_while_they_rotate()
    {
        await _receiver.ReadOneAsync("mailgun", Signed(Event("complained"), token: "t1"));
        await _receiver.ReadOneAsync("mailgun", Signed(Event("complained"), token: "t2", key: OldKey));
        await _receiver.RefusedAsync("mailgun", Signed(Event("complained"), token: "t3", key: "a key of somebody else"u8.ToArray()));
    }

    [Fact]
    public async Task A_signature_of_another_token_or_timestamp_is_refused()
    {
        var signature = Signature(Seconds(Webhook.Now), "token", NewKey);
        await _receiver.RefusedAsync("mailgun", Body(Event("complained"), Seconds(Webhook.Now), "tokem", signature));
        await _receiver.RefusedAsync("mailgun", Body(Event("complained"), Seconds(Webhook.Now.AddSeconds(1)), "token", signature));
        await _receiver.RefusedAsync("mailgun", Body(Event("complained"), Seconds(Webhook.Now), "token", signature[..^2]));
        await _receiver.RefusedAsync("mailgun", Body(Event("complained"), Seconds(Webhook.Now), "token", "zz" + signature[2..]));
    }

    [Theory]
    [InlineData(-11, true)]
    [InlineData(-13, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task An_old_signature_counts_as_long_as_Mailgun_tries_again(int hours, bool counts)
    {
        var result = await _receiver.ReceiveAsync("mailgun", Signed(Event("complained"), Webhook.Now.AddHours(hours)), TestContext.Current.CancellationToken);
        Assert.Equal(counts, result is WebhookResult.Read);
    }

    // The signature does not cover the event: this is all that can be seen of one that was put beside somebody else's.
    [Fact]
    public async Task A_token_stands_for_one_event_only()
    {
        var first = await _receiver.ReadOneAsync("mailgun", Signed(Event("complained")));
        Assert.Equal(first.EventId, (await _receiver.ReadOneAsync("mailgun", Signed(Event("complained")))).EventId);
        await _receiver.RefusedAsync("mailgun", Signed(Event("complained").Replace("G9Bn5sl1TC6nu79C8C0bwg", "G9Bn5sl1TC6nu79C8C0bwh", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_body_of_another_shape_is_told_what_was_expected()
    {
        foreach (var body in new[] { "[]", "{}", "7", "", "{\"event-data\": {}}", "{\"event-data\": {}, \"signature\": []}", "{\"event-data\": {}, \"signature\": {\"timestamp\": 1}}" })
            Assert.Contains("signature and event-data", await _receiver.MalformedAsync("mailgun", Webhook.Request(body)), StringComparison.Ordinal);
    }

    private static string Event(string name, string? more = null) => $$$"""
        {"event": "{{{name}}}", "id": "G9Bn5sl1TC6nu79C8C0bwg", "timestamp": 1773480000.5, "recipient": "jane@mail.example", "recipient-domain": "mail.example",
         "envelope": {"sender": "bounce+1=jane=mail.example@mg.shop.example", "targets": "jane@mail.example", "transport": "smtp"},
         "message": {"headers": {"message-id": "2026.77@shop.example", "to": "Jane <jane@mail.example>", "from": "shop@shop.example"}, "size": 1200},
         "user-variables": {"emta": "{{{Webhook.ReturnPath}}}"}{{{(more is null ? "" : "," + more)}}}}
        """;

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Signature(string timestamp, string token, byte[] key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(timestamp + token)));

    private static WebhookRequest Signed(string data, DateTimeOffset? time = null, string token = "c4a0e6a3e7f6c7a0b1d2", byte[]? key = null)
    {
        var timestamp = Seconds(time ?? Webhook.Now);
        return Body(data, timestamp, token, Signature(timestamp, token, key ?? NewKey));
    }

    private static WebhookRequest Body(string data, string timestamp, string token, string signature) =>
        Webhook.Request($$"""{"signature": {"timestamp": "{{timestamp}}", "token": "{{token}}", "signature": "{{signature}}"}, "event-data": {{data}}}""");

    private Task<BounceReport> OneAsync(string data) => _receiver.ReadOneAsync("mailgun", Signed(data));
}
