using System.Text;
using System.Text.Json;
using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;
using Microsoft.AspNetCore.Http;

namespace EnhancedMta.Tests.Webhooks;

public sealed class AcsWebhookTests
{
    private const string Token = "a token of some length";

    private readonly WebhookReceiver _receiver = Webhook.Receiver(new WebhookSettings { Acs = new SharedSecret(Token) });

    [Fact]
    public async Task A_bounced_report_is_a_failure_in_the_servers_words()
    {
        var report = await OneAsync($"[{Event("Bounced", "550 5.1.10 no such recipient")}]");
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("acs", "5e1b6c1c-0000-4000-8000-000000000001", "jane@mail.example", "2026.77@shop.example"), (report.Source, report.EventId, report.Recipient, report.OriginalMessageId));
        Assert.Equal(new DateTimeOffset(2026, 3, 14, 9, 20, 0, TimeSpan.Zero).AddTicks(1_234_567), report.Time);
        Assert.Equal([Webhook.ReturnPath], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 10), "mx.mail.example"), (report.Reply!.Code, report.Reply.Status, report.RemoteMta));
        Assert.Equal(ReplyClass.UnknownUser, report.Claimed);
    }

    [Theory]
    [InlineData("Suppressed", BounceReportKind.Failed, ReplyClass.UnknownUser)]
    [InlineData("Quarantined", BounceReportKind.Failed, ReplyClass.SpamRefusal)]
    [InlineData("FilteredSpam", BounceReportKind.Failed, ReplyClass.SpamRefusal)]
    [InlineData("Failed", BounceReportKind.Failed, ReplyClass.Undetermined)]
    [InlineData("Delivered", BounceReportKind.Delivered, null)]
    public async Task Each_status_has_its_kind_and_class(string status, BounceReportKind kind, ReplyClass? claimed)
    {
        var report = await OneAsync($"[{Event(status)}]");
        Assert.Equal((kind, claimed), (report.Kind, report.Claimed));
    }

    [Fact]
    public async Task CloudEvents_are_read_alone_and_in_arrays()
    {
        var cloud = Event("Bounced").Replace("\"eventType\"", "\"type\"", StringComparison.Ordinal).Replace("\"eventTime\"", "\"time\"", StringComparison.Ordinal);
        Assert.Equal((await OneAsync(cloud)).EventId, (await OneAsync($"[{cloud}]")).EventId);
    }

    [Fact]
    public async Task Unknown_events_are_counted_and_a_broken_one_is_named()
    {
        var reading = await ReadAsync($$$"""[{"id": "1", "eventType": "Microsoft.Storage.BlobCreated", "data": {}},{{{Event("Expanded")}}},{"id": "2", "eventType": "Microsoft.Communication.EmailDeliveryReportReceived", "data": 5},{{{Event("Bounced")}}},{}]""");
        Assert.Equal(new Dictionary<string, int> { ["Microsoft.Storage.BlobCreated"] = 1, ["EmailDeliveryReportReceived Expanded"] = 1 }, reading.Ignored);
        Assert.Equal(["[2].data: must be an object", "[4].type: is missing"], reading.Faults);
        Assert.Single(reading.Reports);
        Assert.Null(reading.Answer);
    }

    [Fact]
    public async Task A_new_subscription_gets_its_code_back()
    {
        var reading = await ReadAsync("""
            [{"id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66", "topic": "/subscriptions/x", "subject": "", "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "eventTime": "2026-03-14T09:20:00Z",
              "data": {"validationCode": "512d38b6-\"c7b8", "validationUrl": "https://rp-eastus2.eventgrid.azure.net/x"}}]
            """);
        using var answer = JsonDocument.Parse(reading.Answer!);
        Assert.Equal("512d38b6-\"c7b8", answer.RootElement.GetProperty("validationResponse").GetString());
    }

    [Fact]
    public async Task A_subscription_of_a_stranger_gets_nothing() =>
        await _receiver.RefusedAsync("acs", Webhook.Request("""[{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "1"}}]"""));

    [Fact]
    public void The_handshake_of_CloudEvents_allows_who_asks_with_the_token()
    {
        Assert.Equal(
            new WebhookResult.AllowedOrigin("eventgrid.azure.net"),
            _receiver.Handshake("acs", Webhook.Request("", Webhook.Bearer(Token), ("WebHook-Request-Origin", "eventgrid.azure.net"))));
        Assert.IsType<WebhookResult.Unauthorized>(_receiver.Handshake("acs", Webhook.Request("", ("WebHook-Request-Origin", "eventgrid.azure.net"))));
        Assert.IsType<WebhookResult.Malformed>(_receiver.Handshake("acs", Webhook.Request("", Webhook.Bearer(Token))));
        Assert.IsType<WebhookResult.UnknownSource>(_receiver.Handshake("ses", Webhook.Request("")));
        Assert.Equal(new WebhookResult.NotConfigured("EnhancedMta__Webhooks__acs__Token"), Webhook.Receiver(WebhookSettings.None).Handshake("acs", Webhook.Request("")));
    }

    [Fact]
    public async Task The_token_proves_in_a_header_and_in_the_address()
    {
        await _receiver.ReadOneAsync("acs", Webhook.Request(Event("Bounced"), ("X-EMTA-Token", Token)));
        await _receiver.ReadOneAsync("acs", ByQuery(Token));
        await _receiver.RefusedAsync("acs", ByQuery(Token + " "));
        await _receiver.RefusedAsync("acs", ByQuery(""));
        await _receiver.RefusedAsync("acs", Webhook.Request(Event("Bounced"), Webhook.Basic("", Token)));
    }

    private static WebhookRequest ByQuery(string token) =>
        new(new HeaderDictionary(), new QueryCollection(new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["token"] = token }), Encoding.UTF8.GetBytes(Event("Bounced")));

    private static string Event(string status, string words = "") => $$$"""
        {"id": "5e1b6c1c-0000-4000-8000-000000000001", "topic": "/subscriptions/x/providers/microsoft.communication/communicationservices/mail", "subject": "sender/x/message/y",
         "data": {"sender": "{{{Webhook.ReturnPath}}}", "recipient": "jane@mail.example", "messageId": "00000000-0000-0000-0000-000000000000", "internetMessageId": "<2026.77@shop.example>", "status": "{{{status}}}",
           "deliveryStatusDetails": {"statusMessage": "{{{words}}}", "recipientMailServerHostName": "mx.mail.example"}, "deliveryAttemptTimeStamp": "2026-03-14T09:20:00.1234567+00:00"},
         "eventType": "Microsoft.Communication.EmailDeliveryReportReceived", "dataVersion": "1.0", "metadataVersion": "1", "eventTime": "2026-03-14T09:20:01Z"}
        """;

    private Task<WebhookReading> ReadAsync(string body) => _receiver.ReadAsync("acs", Webhook.Request(body, Webhook.Bearer(Token)));

    private Task<BounceReport> OneAsync(string body) => _receiver.ReadOneAsync("acs", Webhook.Request(body, Webhook.Bearer(Token)));
}
