using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Settings;
using EnhancedMta.WarmUp;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.WarmUp;

/// <summary><c>GET</c> and <c>POST warm-up</c>.</summary>
public sealed class WarmUpApiTests(AzuriteFixture azurite)
{
    private static readonly KeyValuePair<string, string?>[] Egresses =
    [
        Setting("0:PublicId", "1"),
        Setting("0:Address", "127.0.0.1"),
        Setting("1:PublicId", "2"),
        Setting("1:Kind", "socks5"),
        Setting("1:Address", "192.0.2.2"),
        Setting("1:Proxy", "proxy.example:1080"),
        Setting("1:UserName", "mta"),
        Setting("1:Password", "secret of the proxy"),
        Setting("1:DeclaredWarm", "true"),
        Setting("2:PublicId", "3"),
        Setting("2:Kind", "smarthost"),
        Setting("2:Smarthost", "smtp.example"),
        Setting("2:UserName", "sender"),
        Setting("2:Password", "secret of the smarthost"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_shown_where_each_egress_is_with_each_provider_and_why()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Egresses);
        var budgets = mta.Host.Services.GetRequiredService<WarmUpBudgets>();
        var egress = mta.Host.Services.GetRequiredService<MtaSettings>().Egresses[0];
        await budgets.TakeAsync(egress, "google", false, 150, Stop);
        for (var i = 0; i < 150; i++)
            budgets.Report(egress, "google", PathOutcome.Delivered);
        await budgets.ExchangeAsync(all: true, Stop);
        mta.Clock.Advance(TimeSpan.FromDays(1));
        await budgets.TakeAsync(egress, "google", false, 40, Stop);
        for (var i = 0; i < 40; i++)
            budgets.Report(egress, "google", i < 30 ? PathOutcome.Delivered : PathOutcome.Blocked);
        budgets.Complained(egress, "google");
        await budgets.ExchangeAsync(all: true, Stop);

        var shown = await mta.SendAsync(HttpMethod.Get, "warm-up", 200);
        Assert.Equal("2026-11-25", shown.GetProperty("date").GetString());
        Assert.DoesNotContain("secret", shown.GetRawText(), StringComparison.Ordinal);
        var all = shown.GetProperty("egresses").EnumerateArray().ToList();
        Assert.Equal(["1 direct True", "2 socks5 False", "3 smarthost False"], all.Select(e => $"{e.GetProperty("publicId")} {e.GetProperty("kind")} {e.GetProperty("hasWarmUp")}"));
        Assert.False(all[1].TryGetProperty("providers", out _));
        var google = Assert.Single(all[0].GetProperty("providers").EnumerateArray());
        Assert.Equal(("google", 2, 500, 40), (google.GetProperty("provider").GetString(), Number(google, "day"), Number(google, "budget"), Number(google, "taken")));
        Assert.Equal((410, 460), (Number(google.GetProperty("room"), "marketing"), Number(google.GetProperty("room"), "transactional")));
        Assert.Equal((0.25, 1), (google.GetProperty("shares").GetProperty("blocked").GetDouble(), Number(google.GetProperty("counts"), "complaints")));
        Assert.StartsWith("back: blocked 25.00 % (10 of 40)", google.GetProperty("outlook").GetString(), StringComparison.Ordinal);
        var move = google.GetProperty("moves")[0];
        Assert.Equal(("2026-11-24", 1, 2, "on: 150 answers within the limits"), (move.GetProperty("date").GetString(), Number(move, "from"), Number(move, "to"), move.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task A_day_is_set_for_one_provider_or_all_and_what_a_dry_run_says_is_what_happens()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Egresses);
        var budgets = mta.Host.Services.GetRequiredService<WarmUpBudgets>();
        var egress = mta.Host.Services.GetRequiredService<MtaSettings>().Egresses[0];
        Assert.Equal(180, await budgets.TakeAsync(egress, "google", false, 1_000, Stop));
        Assert.Equal(0, await budgets.TakeAsync(egress, "google", false, 1, Stop));

        var tried = await SetAsync(mta, new { egress = 1, provider = "google", day = 3, dryRun = true });
        Assert.Equal(0, await budgets.TakeAsync(egress, "google", false, 1, Stop));
        var done = await SetAsync(mta, new { egress = 1, provider = "google", day = 3 });
        Assert.Equal(tried.GetProperty("changes").GetRawText(), done.GetProperty("changes").GetRawText());
        var change = Assert.Single(done.GetProperty("changes").EnumerateArray());
        Assert.Equal((1, 3, 720), (Number(change.GetProperty("before"), "day"), Number(change.GetProperty("after"), "day"), Number(change.GetProperty("after").GetProperty("room"), "marketing")));
        // At once, though the process knew that nothing was left.
        Assert.Equal(720, await budgets.TakeAsync(egress, "google", false, 1_000, Stop));

        // The egress as a whole: what there is, and what comes.
        done = await SetAsync(mta, new { egress = 1, warm = true });
        Assert.Equal(["*", "google"], done.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("provider").GetString()));
        Assert.Equal((50_000, 50_000), (await budgets.TakeAsync(egress, "google", false, 50_000, Stop), await budgets.TakeAsync(egress, "yahoo", false, 50_000, Stop)));
        // And back.
        await SetAsync(mta, new { egress = 1, day = 1 });
        Assert.Equal(0, await budgets.TakeAsync(egress, "google", false, 1, Stop));
        Assert.Equal(180, await budgets.TakeAsync(egress, "apple", false, 1_000, Stop));
    }

    [Theory]
    [InlineData("""{}""", "egress", "must be the public id of an egress; there are 1, 2, 3.")]
    [InlineData("""{"egress": 9, "day": 1}""", "egress", "must be the public id of an egress; there are 1, 2, 3.")]
    [InlineData("""{"egress": 2, "day": 1}""", "egress", "is declared warm by the settings (DeclaredWarm).")]
    [InlineData("""{"egress": 3, "day": 1}""", "egress", "is a smarthost, whose addresses are not ours to warm.")]
    [InlineData("""{"egress": 1}""", "day", "give one of day (of the schedule) and warm (true).")]
    [InlineData("""{"egress": 1, "day": 2, "warm": true}""", "day", "give one of day (of the schedule) and warm (true).")]
    [InlineData("""{"egress": 1, "day": 30}""", "day", "must be a whole number from 1 to 29.")]
    [InlineData("""{"egress": 1, "day": 1, "provider": "gogle"}""", "provider", "must be one of google, ")]
    [InlineData("""{"egress": 1, "warm": "yes"}""", "warm", "must be true or false.")]
    [InlineData("""{"egress": 1, "day": 1, "dryrun": true}""", "dryrun", "is not known; known are egress, provider, day, warm, dryRun.")]
    [InlineData("""[]""", "body", "must be an object with egress, and day or warm.")]
    [InlineData("""{"egress": 1,""", "body", "is not JSON: ")]
    public async Task What_is_wrong_is_named(string body, string field, string error)
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, Egresses);
        var answer = await mta.SendAsync(HttpMethod.Post, "warm-up", 400, new StringContent(body, Encoding.UTF8, "application/json"));
        var fault = answer.GetProperty("errors")[0];
        Assert.Equal(field, fault.GetProperty("field").GetString());
        Assert.StartsWith(error, fault.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static Task<JsonElement> SetAsync(MtaUnderTest mta, object body) =>
        mta.SendAsync(HttpMethod.Post, "warm-up", 200, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));

    private static KeyValuePair<string, string?> Setting(string name, string value) => KeyValuePair.Create($"EnhancedMta:Egresses:{name}", (string?)value);

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
