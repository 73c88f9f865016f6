using System.Text;
using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.Bounces;
using EnhancedMta.Corrections;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Bounces;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Corrections;

/// <summary>A rule set tried on recorded verdicts, and put right in logs, KPIs and feed.</summary>
public sealed class RequalifyTests(AzuriteFixture azurite)
{
    private const string Tried = """
        { "rules": [
          { "id": "house-block", "any": ["house rules"], "class": "policyRefusal", "samples": ["550 5.1.1 The house rules say no to this user"] }
        ] }
        """;

    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("misread", new SinkReply(550, "5.1.1", "The house rules say that {recipient} does not exist")) { Prefix = "misread" },
        new("unknown", new SinkReply(550, "5.1.1", "User {recipient} does not exist")) { Prefix = "unknown" },
    ];

    [Fact]
    public async Task What_would_move_is_shown_and_nothing_is_changed()
    {
        await using var mta = await FailedAsync();
        var before = await mta.SummaryAsync("d");
        var answer = await RequalifyAsync(mta, new { from = "2026-11-01T00:00:00Z", to = "2026-12-01T00:00:00Z", rules = JsonSerializer.Deserialize<JsonElement>(Tried) });

        Assert.Equal((8, 0), (answer.GetProperty("looked").GetInt32(), answer.GetProperty("corrected").GetInt32()));
        var move = Assert.Single(answer.GetProperty("moves").EnumerateArray());
        Assert.Equal((5, 1, 20, "house-block"), (move.GetProperty("count").GetInt32(), move.GetProperty("from").GetProperty("reason").GetInt32(), move.GetProperty("to").GetProperty("reason").GetInt32(), move.GetProperty("to").GetProperty("rule").GetString()));
        Assert.Equal(3, move.GetProperty("samples").GetArrayLength());
        Assert.Equal(before.ToString(), (await mta.SummaryAsync("d")).ToString());

        // Outside of the period there is nothing to look at.
        Assert.Equal(0, (await RequalifyAsync(mta, new { from = "2026-01-01T00:00:00Z", to = "2026-02-01T00:00:00Z", rules = JsonSerializer.Deserialize<JsonElement>(Tried) })).GetProperty("looked").GetInt32());
    }

    [Fact]
    public async Task A_correction_changes_rows_counters_and_feed_together_and_once()
    {
        await using var mta = await FailedAsync();
        var rules = RuleFile.WithUserRules("tried", Encoding.UTF8.GetBytes(Tried));
        var requalification = mta.Host.Services.GetRequiredService<Requalification>();
        var scope = new RequalificationScope(mta.Clock.GetUtcNow().AddDays(-1), mta.Clock.GetUtcNow().AddDays(1), null);
        var report = new RequalificationReport();
        Assert.Null(await requalification.RunAsync(scope, rules, confirm: true, report, null, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal((5, 5), (report.Corrected, report.Unquarantined));

        var summary = await mta.SummaryAsync("d");
        Assert.Equal("20:5 1:3", string.Join(' ', summary.GetProperty("failuresByReason").EnumerateArray().Select(f => $"{f.GetProperty("reason")}:{f.GetProperty("count")}")));
        // Success % only falls: what failed has failed.
        Assert.Equal((8, 20.0), (summary.GetProperty("failed").GetInt32(), summary.GetProperty("successPercent").GetDouble()));
        var message = (await mta.MessageAsync("d", "misread1")).GetProperty("message");
        Assert.Equal(("soft", "house-block", "Failed"), (message.GetProperty("failureType").GetString(), message.GetProperty("rule").GetString(), message.GetProperty("status").GetString()));
        var events = await Feed.ReadAsync(mta, "d");
        Assert.Equal((5, 5), (events.Count(e => e.Type == DeliveryEventType.Corrected), events.Count(e => e.Type == DeliveryEventType.Unquarantine)));
        Assert.All(events.Where(e => e.Type == DeliveryEventType.Corrected), e => Assert.Equal((FailureType.Soft, rules.Version), (e.FailureType, e.RuleSet)));
        await mta.AssertCountersEqualRecountAsync("d");

        report = new RequalificationReport();
        await requalification.RunAsync(scope, rules, confirm: true, report, null, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((8, 0), (report.Looked, report.Corrected));
    }

    [Fact]
    public async Task What_only_the_source_knew_stays_until_the_rules_know_better()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 1 });
        await mta.RelayAsync("d", "ok1");
        await mta.SettledAsync("d", waiting: 0);
        await mta.Host.Services.GetRequiredService<BounceIntake>().AcceptReportsAsync(
            [new() { Kind = BounceReportKind.Failed, Source = "test", EventId = "1", ReturnPaths = [await mta.ReturnPathAsync("d", "ok1")], Reply = QuotedReply.Parse("550 house rules"), Claimed = ReplyClass.UnknownUser }],
            TestContext.Current.CancellationToken);
        await mta.BouncesWorkedOffAsync();
        Assert.Equal("report-claimed", (await mta.MessageAsync("d", "ok1")).GetProperty("message").GetProperty("rule").GetString());

        var period = new { from = "2026-11-01T00:00:00Z", to = "2026-12-01T00:00:00Z", confirm = true };
        Assert.Equal(0, (await RequalifyAsync(mta, period)).GetProperty("corrected").GetInt32());
        var tried = await RequalifyAsync(mta, new { period.from, period.to, rules = JsonSerializer.Deserialize<JsonElement>(Tried) });
        Assert.Equal("house-block", Assert.Single(tried.GetProperty("moves").EnumerateArray()).GetProperty("to").GetProperty("rule").GetString());
    }

    [Fact]
    public async Task Bad_requests_name_their_field_or_line()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var (body, field) in new (string, string)[]
        {
            ("{", "body"),
            ("{}", "from"),
            ("""{"from":"2026-11-01T00:00:00Z","to":"2026-10-01T00:00:00Z"}""", "to"),
            ("""{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","confrim":true}""", "confrim"),
            ("""{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","rules":{"rules":[{"id":"x","class":"nonsense"}]}}""", "rules"),
            ("""{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","rules":{"rules":[]},"confirm":true}""", "confirm"),
            ("""{"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z","continuation":"x"}""", "continuation"),
        })
        {
            var problem = await mta.SendAsync(HttpMethod.Post, "requalify", 400, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.True(problem.ToString().Contains(field, StringComparison.Ordinal), $"{body}: {problem}");
        }
    }

    private async Task<MtaUnderTest> FailedAsync()
    {
        var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", "ok1", "ok2", "misread1", "misread2", "misread3", "misread4", "misread5", "unknown1", "unknown2", "unknown3");
        await mta.SettledAsync("d", waiting: 0);
        return mta;
    }

    private static Task<JsonElement> RequalifyAsync(MtaUnderTest mta, object request) =>
        mta.SendAsync(HttpMethod.Post, "requalify", 200, new StringContent(JsonSerializer.Serialize(request), Encoding.UTF8, "application/json"));
}
