using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.Feedback.Push;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>The scripts of docs/connect-campaign.md against the whole app: run by node, with stand-ins for what Campaign's engine gives them.</summary>
public sealed partial class CampaignScriptsTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "User \"é\" <{recipient}> does not exist")) { Prefix = "unknown" },
        new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full", Tries = 1 },
    ];

    [Fact]
    public async Task Campaign_relays_takes_what_is_pushed_and_what_it_pulls_and_neither_twice()
    {
        await using var campaign = await NodeProcess.StartAsync("Feedback/campaign.cjs");
        var port = JsonSerializer.Deserialize<JsonElement>(await campaign.ReadLineAsync()).GetProperty("port").GetInt32();
        var page = new Uri($"http://127.0.0.1:{port}/emta/feedback.jssp");
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules, settings: FeedbackApiTests.PushTo(page));
        var options = new Dictionary<string, string>
        {
            ["EnhancedMta_url"] = mta.Client.BaseAddress!.GetLeftPart(UriPartial.Authority),
            ["EnhancedMta_key"] = mta.Client.DefaultRequestHeaders.GetValues(FunctionKeys.Header).Single(),
            ["EnhancedMta_feedbackKeys"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["old"] = "AAAA", ["one"] = Convert.ToBase64String(FeedProcess.Secret) }),
        };
        await DoAsync(new { Do = "set", options });

        // A delivery of 40: ids of broadLogs, two unknown, one with a mailbox that is full at first.
        string[] names = [.. Enumerable.Range(0, 37).Select(n => $"ok{n}"), "unknown1", "unknown2", "full1"];
        var relay = new
        {
            Do = "run",
            Script = "relay.js",
            Vars = new { deliveryId = "DM7", label = "Spring", sender = "News <news@sender.example>", size = names.Length },
            Rows = names.Select((name, n) => new { broadLogId = $"{1000 + n}", email = $"{name}@{MtaUnderTest.Domain}", subject = $"For {name}", html = "<p>Hello</p>", text = "Hello" }),
        };
        Assert.Contains("Delivery DM7: 40 messages relayed, 0 had been before.", await LogAsync(relay));
        Assert.Contains("Delivery DM7: 0 messages relayed, 40 had been before.", await LogAsync(relay));
        await mta.SettledAsync("DM7", waiting: 1);
        Assert.True(await mta.AdvanceToNextRetryAsync());
        await mta.SettledAsync("DM7", waiting: 0);

        // Pushed to the JSSP. 40 relayed, 38 delivered, 2 hard, 1 soft. The clock of the app stands still, that of the page does not: see below.
        await Eventually.IsTrueAsync(async () => (await DoAsync(new { Do = "tell" })).GetProperty("statuses").GetArrayLength() > 0, "a batch was posted");
        Assert.All((await DoAsync(new { Do = "tell" })).GetProperty("statuses").EnumerateArray(), s => Assert.Equal(403, s.GetInt32()));
        Assert.Empty((await DoAsync(new { Do = "tell" })).GetProperty("writes").EnumerateArray());

        // Pulled by the workflow.
        var pulled = Writes(await DoAsync(new { Do = "run", Script = "pull-feedback.js" }));
        await Eventually.IsTrueAsync(async () => Writes(await DoAsync(new { Do = "run", Script = "pull-feedback.js" })).Count == 81, "all events are pulled");
        pulled = Writes(await DoAsync(new { Do = "tell" }));
        Assert.Equal(names.Select((name, n) => (Id: $"{1000 + n}", Status: name.StartsWith("unknown", StringComparison.Ordinal) ? "2" : "1")), FinalStatuses(pulled));
        Assert.Contains(pulled, w => w.Contains("""failureType="2" failureReason="1"/></broadLogRcp>""", StringComparison.Ordinal));
        Assert.Contains(pulled, w => w.Contains("""failureType="1" failureReason="5"/></broadLogRcp>""", StringComparison.Ordinal));

        // The same events in a batch, signed as the app signs it, to a page that knows none of them.
        await DoAsync(new { Do = "forget" });
        var events = (await mta.SendAsync(HttpMethod.Get, "feedback?limit=1000", 200)).GetProperty("events");
        var body = JsonSerializer.SerializeToUtf8Bytes(new { deliveryId = "DM7", events });
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(403, await PostAsync(page, body, now, "wrong key"u8.ToArray()));
        Assert.Equal(403, await PostAsync(page, body, now.AddMinutes(-10), FeedProcess.Secret));
        Assert.Equal(403, await PostAsync(page, [.. body, (byte)' '], now, FeedProcess.Secret, signedBody: body));
        Assert.Empty(Writes(await DoAsync(new { Do = "tell" })));
        Assert.Equal(204, await PostAsync(page, body, now, FeedProcess.Secret));
        Assert.Equal(pulled, Writes(await DoAsync(new { Do = "tell" })));
        Assert.Equal(204, await PostAsync(page, body, now, FeedProcess.Secret));
        Assert.Equal(pulled, Writes(await DoAsync(new { Do = "tell" })));

        async Task<JsonElement> DoAsync(object command)
        {
            await campaign.Input.WriteLineAsync(JsonSerializer.Serialize(command, JsonSerializerOptions.Web));
            await campaign.Input.FlushAsync(TestContext.Current.CancellationToken);
            var answer = JsonSerializer.Deserialize<JsonElement>(await campaign.ReadLineAsync());
            Assert.False(answer.TryGetProperty("error", out var error), error.ToString());
            return answer;
        }

        async Task<IEnumerable<string?>> LogAsync(object command) => (await DoAsync(command)).GetProperty("log").EnumerateArray().Select(l => l.GetString());
    }

    private static List<string> Writes(JsonElement state) => [.. state.GetProperty("writes").EnumerateArray().Select(w => w.GetString()!)];

    /// <summary>What broadLogs end with.</summary>
    private static IEnumerable<(string Id, string Status)> FinalStatuses(IEnumerable<string> writes) => writes
        .Select(w => BroadLog().Match(w)).Where(m => m.Success)
        .GroupBy(m => m.Groups[1].Value)
        .Select(g => (g.Key, g.Last().Groups[2].Value))
        .OrderBy(log => log.Key, StringComparer.Ordinal);

    [GeneratedRegex("""^<broadLogRcp .* id="(\d+)" status="(\d)"[ />]""")]
    private static partial Regex BroadLog();

    private static async Task<int> PostAsync(Uri page, byte[] body, DateTimeOffset time, byte[] secret, byte[]? signedBody = null)
    {
        const string Key = "000000000001-000-000000001-001_000000000009-000-000000009-001";
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, page) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var timestamp = PushSignature.Timestamp(time);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{timestamp}.{Key}."), .. signedBody ?? body];
        request.Headers.Add(PushHttp.IdempotencyHeader, Key);
        request.Headers.Add(PushSignature.TimestampHeader, timestamp);
        request.Headers.Add(PushSignature.SignatureHeader, $"next={new string('0', 64)},one={Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))}");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }
}
