using EnhancedMta.Bounces;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

public sealed class SparkPostWebhookTests
{
    private const string Token = "a token of some length";

    private readonly WebhookReceiver _receiver = Webhook.Receiver(new WebhookSettings
    {
        SparkPost = new RepeatedSecrets(new SharedSecret("spark:a password of some length"), new SharedSecret(Token)),
    });

    [Fact]
    public async Task A_bounce_is_a_failure_in_the_servers_words()
    {
        var report = await OneAsync(Event("message_event", "bounce", """
            "bounce_class": "10", "error_code": "550", "raw_reason": "550 5.1.1 <Jane.Doe@mail.example>: there is nobody of this name",
            "reason": "550 5.1.1 <...>: there is nobody of this name", "message_id": "0001be0ab95f6a2a7f5c"
            """));
        Assert.Equal(BounceReportKind.Failed, report.Kind);
        Assert.Equal(("sparkpost", "92356927693813856", "Jane.Doe@mail.example"), (report.Source, report.EventId, report.Recipient));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_773_480_000), report.Time);
        Assert.Equal([Webhook.ReturnPath], report.ReturnPaths);
        Assert.Equal((550, new EnhancedStatusCode(5, 1, 1)), (report.Reply!.Code, report.Reply.Status));
        Assert.Equal(ReplyClass.UnknownUser, report.Claimed);
        Assert.Null(report.OriginalMessageId);
    }

    [Fact]
    public async Task Words_without_a_code_get_the_one_that_is_told_beside_them()
    {
        var report = await OneAsync(Event("message_event", "bounce", """ "bounce_class": "22", "error_code": "552", "raw_reason": "the mailbox takes no more" """));
        Assert.Equal((552, "the mailbox takes no more", ReplyClass.MailboxFull), (report.Reply!.Code, report.Reply.Text, report.Claimed));
    }

    [Fact]
    public async Task Metadata_that_names_our_return_path_comes_first()
    {
        var report = await OneAsync(Event("message_event", "bounce", """ "msg_from": "msprvs1=20100=bounces@spark.example", "rcpt_meta": {"campaign": 7, "emta": "b-other@bounces.shop.example"} """));
        Assert.Equal(["b-other@bounces.shop.example", "msprvs1=20100=bounces@spark.example"], report.ReturnPaths);
    }

    [Theory]
    [InlineData("message_event", "out_of_band", "\"bounce_class\": \"40\"", BounceReportKind.Failed)]
    [InlineData("message_event", "out_of_band", "\"bounce_class\": 60", BounceReportKind.AutoReply)]
    [InlineData("message_event", "out_of_band", "\"bounce_class\": \"100\"", BounceReportKind.ChallengeResponse)]
    [InlineData("message_event", "out_of_band", "\"bounce_class\": \"90\"", BounceReportKind.Unsubscribe)]
    [InlineData("message_event", "delay", "\"bounce_class\": \"70\"", BounceReportKind.Delayed)]
    [InlineData("message_event", "policy_rejection", "\"bounce_class\": \"25\"", BounceReportKind.Failed)]
    [InlineData("gen_event", "generation_rejection", "\"error_code\": \"554\"", BounceReportKind.Failed)]
    [InlineData("message_event", "delivery", "\"queue_time\": \"4\"", BounceReportKind.Delivered)]
    [InlineData("message_event", "spam_complaint", "\"fbtype\": \"abuse\"", BounceReportKind.Complaint)]
    [InlineData("message_event", "spam_complaint", "\"fbtype\": \"opt-out\"", BounceReportKind.Unsubscribe)]
    [InlineData("unsubscribe_event", "list_unsubscribe", "\"mailfrom\": \"x\"", BounceReportKind.Unsubscribe)]
    [InlineData("unsubscribe_event", "link_unsubscribe", "\"target_link_url\": \"https://shop.example/u\"", BounceReportKind.Unsubscribe)]
    public async Task Each_type_has_its_kind(string category, string type, string fields, BounceReportKind kind) =>
        Assert.Equal(kind, (await OneAsync(Event(category, type, fields))).Kind);

    [Fact]
    public async Task Unknown_and_unwanted_types_are_counted()
    {
        var reading = await ReadAsync(
            Event("track_event", "open"), Event("track_event", "open"), Event("moon_event", "eclipse"), Event("message_event", "spam_complaint", """ "fbtype": "not-spam" """),
            Event("message_event", "out_of_band", """ "bounce_class": "80" """));
        Assert.Empty(reading.Reports);
        Assert.Empty(reading.Faults);
        Assert.Equal(new Dictionary<string, int> { ["open"] = 2, ["eclipse"] = 1, ["spam_complaint"] = 1, ["out_of_band"] = 1 }, reading.Ignored);
    }

    [Fact]
    public async Task The_ping_at_the_start_is_fine()
    {
        var reading = await ReadAsync("""{"msys": {}}""");
        Assert.Equal(1, reading.Ignored["ping"]);
        Assert.Empty(reading.Faults);
    }

    [Fact]
    public async Task A_broken_event_is_named_and_the_others_are_read()
    {
        var reading = await ReadAsync(
            Event("message_event", "bounce"), """{"msys": {"message_event": {"type": "bounce", "rcpt_to": {"name": "x"}}}}""", "17", """{"msys": {"message_event": {}}}""",
            """{"msys": {"message_event": {"type": "bounce", "event_id": "1"}}}""", Event("message_event", "delay"));
        Assert.Equal([BounceReportKind.Failed, BounceReportKind.Delayed], reading.Reports.Select(r => r.Kind));
        Assert.Equal(
            [
                "[1].msys.message_event.rcpt_to: must be a string", "[2]: must be an object", "[3].msys.message_event.type: is missing",
                "[4].msys.message_event: names neither a recipient nor a message",
            ],
            reading.Faults);
    }

    [Fact]
    public async Task The_same_event_twice_has_the_same_id_even_if_it_has_none()
    {
        const string Nameless = """{"msys": {"message_event": {"type": "bounce", "rcpt_to": "jane@mail.example", "timestamp": "1"}}}""";
        var ids = (await ReadAsync(Event("message_event", "bounce"), Event("message_event", "bounce"), Nameless, Nameless, Nameless.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)))
            .Reports.Select(r => r.EventId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.StartsWith("sha256-", ids[2], StringComparison.Ordinal);
        Assert.Equal(ids[2], ids[3]);
        Assert.NotEqual(ids[3], ids[4]);
    }

    [Fact]
    public async Task Either_secret_proves()
    {
        foreach (var header in new[] { Webhook.Basic("spark", "a password of some length"), Webhook.Bearer(Token), ("X-MessageSystems-Webhook-Token", Token) })
            Assert.Single((await _receiver.ReadAsync("sparkpost", Webhook.Request($"[{Event("message_event", "bounce")}]", header))).Reports);
    }

    [Fact]
    public async Task Whoever_has_no_secret_of_ours_is_refused()
    {
        foreach (var header in new[]
        {
            Webhook.Basic("spark", "another password"), Webhook.Basic("other", "a password of some length"), Webhook.Bearer(Token + "x"), Webhook.Bearer(""),
            ("X-MessageSystems-Webhook-Token", Token[..^1]), ("Authorization", "Basic ???"), ("Authorization", Token), ("X-Other", Token),
        })
            await _receiver.RefusedAsync("sparkpost", Webhook.Request($"[{Event("message_event", "bounce")}]", header));
    }

    private static string Event(string category, string type, string? more = null) => $$$$"""
        {"msys": {"{{{{category}}}}": {
          "type": "{{{{type}}}}", "event_id": "92356927693813856", "timestamp": "1773480000", "msg_from": "{{{{Webhook.ReturnPath}}}}",
          "rcpt_to": "jane.doe@mail.example", "raw_rcpt_to": "Jane.Doe@mail.example", "rcpt_meta": {}, "subaccount_id": 0, "rcpt_tags": ["x"]{{{{(more is null ? "" : "," + more)}}}}
        }}}
        """;

    private Task<WebhookReading> ReadAsync(params string[] events) => _receiver.ReadAsync("sparkpost", Webhook.Request($"[{string.Join(',', events)}]", Webhook.Bearer(Token)));

    private Task<BounceReport> OneAsync(string json) => _receiver.ReadOneAsync("sparkpost", Webhook.Request($"[{json}]", Webhook.Bearer(Token)));
}
