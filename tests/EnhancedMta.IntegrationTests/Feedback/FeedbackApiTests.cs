using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.Corrections;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>The whole app: what happens to messages is pushed and can be pulled.</summary>
public sealed class FeedbackApiTests(AzuriteFixture azurite)
{
    private const string Tried = """{ "rules": [{ "id": "house-block", "any": ["house rules"], "class": "policyRefusal", "samples": ["550 5.1.1 The house rules say no to this user"] }] }""";

    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "User {recipient} does not exist")) { Prefix = "unknown" },
        new("misread", new SinkReply(550, "5.1.1", "The house rules say that {recipient} does not exist")) { Prefix = "misread" },
        new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full" },
    ];

    [Fact]
    public async Task Every_type_of_event_is_told_with_what_is_known_of_it_pushed_and_pulled_alike()
    {
        await using var receiver = await FeedbackReceiver.StartAsync();
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules, settings: PushTo(receiver.Url));
        await mta.DeclareAsync("d", new { expectedSize = 10, validityPeriod = "PT1H" });
        await mta.RelayAsync("d", "ok1", "ok2", "unknown1", "misread1", "full1");
        await mta.SettledAsync("d", waiting: 1);
        await mta.BounceAsync(SampleBounces.Failed(await mta.ReturnPathAsync("d", "ok1"), $"ok1@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person after all"));
        await mta.BounceAsync(Complaint(await mta.ReturnPathAsync("d", "ok2")), source: "arf");
        await mta.BouncesWorkedOffAsync();
        var scope = new RequalificationScope(mta.Clock.GetUtcNow().AddDays(-1), mta.Clock.GetUtcNow().AddDays(1), null);
        await mta.Host.Services.GetRequiredService<Requalification>().RunAsync(
            scope, RuleFile.WithUserRules("tried", Encoding.UTF8.GetBytes(Tried)), confirm: true, new RequalificationReport(), null, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(async () =>
        {
            await mta.AdvanceToNextRetryAsync();
            return (await mta.SummaryAsync("d")).GetProperty("expired").GetInt32() == 1;
        }, "the full mailbox's message expires");

        var logged = (await Bounces.Feed.ReadAsync(mta, "d")).Count;
        await Eventually.IsTrueAsync(() => receiver.Events.Count == logged, $"the receiver has all {logged} events");
        Assert.Empty(receiver.Faults);
        var pulled = (await PullAsync(mta, "feedback?limit=1000")).Events;
        Assert.Equal(pulled.Select(e => JsonSerializer.Serialize(e)), receiver.Events.Select(e => JsonSerializer.Serialize(e)));

        Assert.Equal(
            Enum.GetValues<DeliveryEventType>().Except([DeliveryEventType.Unsubscribe]).Select(t => JsonNamingPolicy.CamelCase.ConvertName(t.ToString())).Order(StringComparer.Ordinal),
            pulled.Select(e => Text(e, "type")).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["relayed Sent", "delivered Sent", "outOfBand Failed"], Of("ok1"));
        Assert.Equal(["relayed Sent", "delivered Sent", "complaint Sent"], Of("ok2"));
        Assert.Equal(["relayed Sent", "hard Failed"], Of("unknown1"));
        Assert.Equal(["relayed Sent", "hard Failed", "corrected Failed", "unquarantine Failed"], Of("misread1"));
        Assert.Equal(["relayed Sent", "soft Sent", "soft Sent"], Of("full1").Take(3));
        Assert.Equal("expired Failed", Of("full1").Last());

        var hard = pulled.Single(e => Text(e, "type") == "hard" && Text(e, "messageId") == "unknown1");
        Assert.Equal(("d", "hard", 1, "User unknown", 10), (Text(hard, "deliveryId"), Text(hard, "failureType"), hard.GetProperty("reason").GetInt32(), Text(hard, "reasonLabel"), hard.GetProperty("bounceCode").GetInt32()));
        Assert.StartsWith("550 5.1.1 User unknown1@", Text(hard, "reply"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (hard.GetProperty("attempt").GetInt32(), hard.GetProperty("egress").GetInt32()));
        Assert.NotNull(Text(hard, "rule"));
        Assert.NotNull(Text(hard, "mx"));
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero), hard.GetProperty("time").GetDateTimeOffset());
        var soft = pulled.First(e => Text(e, "type") == "soft");
        Assert.Equal(("soft", 5, "Mailbox full"), (Text(soft, "failureType"), soft.GetProperty("reason").GetInt32(), Text(soft, "reasonLabel")));
        var complaint = pulled.Single(e => Text(e, "type") == "complaint");
        Assert.Equal((8, $"ok2@{MtaUnderTest.Domain}"), (complaint.GetProperty("reason").GetInt32(), Text(complaint, "address")));

        var endpoint = Assert.Single((await mta.SendAsync(HttpMethod.Get, "feedback/endpoints", 200)).GetProperty("endpoints").EnumerateArray());
        Assert.Equal(receiver.Url.GetLeftPart(UriPartial.Path), Text(endpoint, "url"));
        Assert.DoesNotContain("from=mta", endpoint.ToString(), StringComparison.Ordinal);
        await mta.SendAsync(HttpMethod.Post, $"feedback/endpoints/{Text(endpoint, "id")}/retry", 202);
        await mta.SendAsync(HttpMethod.Post, "feedback/endpoints/nobody/retry", 404);

        IEnumerable<string> Of(string messageId) => pulled.Where(e => Text(e, "messageId") == messageId).Select(e => $"{Text(e, "type")} {Text(e, "status")}");
    }

    [Fact]
    public async Task The_feed_is_pulled_by_cursor_delivery_and_time_in_either_form()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        foreach (var delivery in new[] { "a", "b" })
        {
            await mta.DeclareAsync(delivery, new { expectedSize = 10 });
            await mta.RelayAsync(delivery, Enumerable.Range(0, 20).Select(n => $"m{n}"));
            await mta.SettledAsync(delivery, waiting: 0);
        }

        await Eventually.IsTrueAsync(async () => (await PullAsync(mta, "feedback?limit=1000")).Events.Count == 80, "all events are readable");
        var whole = await PullAsync(mta, "feedback?limit=1000");
        Assert.False(whole.More);
        var parts = new List<JsonElement>();
        string? cursor = null;
        for (var more = true; more;)
        {
            var part = await PullAsync(mta, $"feedback?limit=7{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.True(part.Events.Count <= 7);
            parts.AddRange(part.Events);
            (cursor, more) = (part.Cursor, part.More);
        }

        Assert.Equal(whole.Events.Select(e => e.ToString()), parts.Select(e => e.ToString()));
        Assert.Empty((await PullAsync(mta, $"feedback?cursor={cursor}")).Events);
        Assert.Equal(40, (await PullAsync(mta, "feedback?delivery=a&limit=1000")).Events.Count(e => Text(e, "deliveryId") == "a"));
        Assert.Equal(80, (await PullAsync(mta, $"feedback?limit=1000&since={mta.Clock.GetUtcNow().AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}")).Events.Count);
        Assert.Empty((await PullAsync(mta, $"feedback?since={mta.Clock.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}")).Events);

        using var request = new HttpRequestMessage(HttpMethod.Get, "feedback?limit=10");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var answer = await mta.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var lines = (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(whole.Events.Take(10).Select(e => e.ToString()), lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line).ToString()));
        var next = Assert.Single(answer.Headers.GetValues("EnhancedMta-Cursor"));
        Assert.Equal(whole.Events[10].ToString(), (await PullAsync(mta, $"feedback?cursor={next}")).Events[0].ToString());
    }

    [Fact]
    public async Task What_is_wrong_with_a_question_is_said()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var (path, status, about) in new[]
        {
            ("feedback?cursor=nonsense", 400, "cursor"),
            ("feedback?cursor=%2e%2e%2f", 400, "cursor"),
            ("feedback?limit=0", 400, "limit"),
            ("feedback?since=yesterday", 400, "since"),
            ("feedback?since=2026-11-24T08:00:00Z&cursor=x", 400, "since"),
            ("feedback?delivery=nobody", 404, "nobody"),
            ("feedback?delivery=a'b", 404, "Unknown delivery"),
        })
            Assert.Contains(about, (await mta.SendAsync(HttpMethod.Get, path, status)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_older_than_what_is_kept_is_gone()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = 1 });
        await mta.RelayAsync("d", "m");
        await mta.SettledAsync("d", waiting: 0);
        await Eventually.IsTrueAsync(async () => (await PullAsync(mta, "feedback")).Events.Count == 2, "all events are readable");
        var first = await PullAsync(mta, "feedback?limit=1");
        mta.Clock.Advance(TimeSpan.FromDays(31));
        await mta.Host.Services.GetRequiredService<FeedRetention>().PurgeAsync(mta.Clock.GetUtcNow().AddDays(-30), 1_000, TestContext.Current.CancellationToken);
        Assert.Contains("purged", (await mta.SendAsync(HttpMethod.Get, $"feedback?cursor={first.Cursor}", 410)).ToString(), StringComparison.Ordinal);
        Assert.Empty((await PullAsync(mta, "feedback")).Events);
    }

    [Fact]
    public async Task A_feedback_URL_that_cannot_be_used_is_refused_when_it_is_declared()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: PushTo(null));
        foreach (var (url, because) in new[]
        {
            ("http://campaign.example.com/f", "must begin with https://"),
            ("ftp://campaign.example.com/f", "must begin with https://"),
            ("https://user:secret@campaign.example.com/f", "must not hold a user name or password"),
            ("https://campaign.example.com/f#part", "must not have a fragment"),
            ("https://10.0.0.1/f", "must name a host, not an address"),
            ("feedback", "must be an absolute URL"),
        })
        {
            var problem = (await mta.DeclareAsync("d", new { feedbackUrl = url }, 400)).ToString();
            Assert.Contains(because, problem, StringComparison.Ordinal);
            Assert.Contains("feedbackUrl", problem, StringComparison.Ordinal);
        }

        // What the query holds is nobody's to see.
        var answer = await mta.DeclareAsync("d", new { feedbackUrl = "https://campaign.example.com/f?token=secret" });
        Assert.Equal("https://campaign.example.com/f", Text(answer.GetProperty("delivery"), "feedbackUrl"));
    }

    internal static IEnumerable<KeyValuePair<string, string?>> PushTo(Uri? url) =>
    [
        new("EnhancedMta:Feedback:Url", url?.ToString()),
        new("EnhancedMta:Feedback:Keys:0:Id", "one"),
        new("EnhancedMta:Feedback:Keys:0:Secret", Convert.ToBase64String(FeedProcess.Secret)),
        new("EnhancedMta:Feedback:TrustedHosts:0", "127.0.0.1"),
    ];

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<(List<JsonElement> Events, string Cursor, bool More)> PullAsync(MtaUnderTest mta, string path)
    {
        var answer = await mta.SendAsync(HttpMethod.Get, path, 200);
        return ([.. answer.GetProperty("events").EnumerateArray()], answer.GetProperty("cursor").GetString()!, answer.GetProperty("more").GetBoolean());
    }

    private static string Complaint(string recipient) => string.Create(CultureInfo.InvariantCulture, $"""
        From: <fbl@recipients.example>
        To: <{recipient}>
        Subject: complaint
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="b"

        --b
        Content-Type: text/plain

        A complaint.
        --b
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Sample/1.0
        Version: 1
        Original-Mail-From: <{recipient}>

        --b
        Content-Type: message/rfc822

        From: news@sender.example
        Subject: News

        --b--
        """).ReplaceLineEndings("\r\n");
}
