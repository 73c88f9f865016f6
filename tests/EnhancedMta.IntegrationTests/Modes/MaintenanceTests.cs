using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.Modes;

namespace EnhancedMta.IntegrationTests.Modes;

/// <summary>While nobody sends, mail is taken in and held; nothing is lost and nothing sent twice.</summary>
public sealed class MaintenanceTests(AzuriteFixture azurite)
{
    private const int Messages = 600;

    [Fact]
    public async Task Under_load_sending_stops_and_goes_on_and_nothing_is_lost()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = Messages });
        var relaying = mta.RelayAsync("d", Enumerable.Range(0, Messages).Select(n => $"m{n}"));
        await Eventually.IsTrueAsync(() => mta.Sink.Ledger.Messages.Count > 10, "sending has begun");
        var answer = await SetAsync(mta, new { mode = "maintenance", reason = "an upgrade" });
        Assert.Equal(("maintenance", "maintenance", "an upgrade"), (Text(answer, "mode"), Text(answer, "now"), Text(answer, "reason")));
        await relaying;
        await StandsStillAsync(mta);
        var sent = mta.Sink.Ledger.Messages.Count;
        Assert.InRange(sent, 10, Messages - 1);

        // What comes meanwhile is accepted, and waits too.
        await mta.DeclareAsync("t", new { priority = "transactional" });
        await mta.RelayAsync("t", "urgent");
        await Eventually.IsTrueAsync(async () => Held(await ShowAsync(mta), "transactional") == 1, "the transactional message is held");
        Assert.Equal(sent, mta.Sink.Ledger.Messages.Count);

        // Timers find nothing to do, however late it gets.
        await mta.AdvanceAsync(TimeSpan.FromMinutes(30));
        await mta.Host.RunTimerAsync("Sweep", TestContext.Current.CancellationToken);
        Assert.Equal(sent, mta.Sink.Ledger.Messages.Count);

        await SetAsync(mta, new { mode = "enhanced" });
        await mta.AdvanceAsync(TimeSpan.FromMinutes(1));
        await mta.SettledAsync("t", waiting: 0);
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(Messages + 1, mta.Sink.Ledger.Messages.Count);
        Assert.All(mta.Sink.Ledger.Messages.Values, times => Assert.Equal(1, times));
        Assert.Equal(0, Held(await ShowAsync(mta), "marketing"));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_mode_that_is_not_known_or_cannot_be_is_refused_with_what_to_do()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        Assert.Equal("enhanced", Text(await ShowAsync(mta), "mode"));
        var wrong = await mta.SendAsync(HttpMethod.Post, "mode", 400, Json(new { mode = "off", why = "x" }));
        Assert.Contains("enhanced, maintenance or native", wrong.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("why", wrong.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var native = await mta.SendAsync(HttpMethod.Post, "mode", 409, Json(new { mode = "native" }));
        Assert.Contains("EnhancedMta__NativeMta", native.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("enhanced", Text(await ShowAsync(mta), "mode"));
    }

    private static async Task StandsStillAsync(MtaUnderTest mta)
    {
        // The watch looks at its next tick.
        mta.Clock.Advance(ModeState.SeenWithin);
        var last = -1;
        await Eventually.IsTrueAsync(
            async () =>
            {
                var before = last;
                last = mta.Sink.Ledger.Messages.Count;
                await Task.Delay(300, TestContext.Current.CancellationToken);
                return before == last && Held(await ShowAsync(mta), "marketing") > 0;
            },
            "sending has stopped");
    }

    private static Task<JsonElement> ShowAsync(MtaUnderTest mta) => mta.SendAsync(HttpMethod.Get, "mode", 200);

    private static Task<JsonElement> SetAsync(MtaUnderTest mta, object body) => mta.SendAsync(HttpMethod.Post, "mode", 200, Json(body));

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static string? Text(JsonElement answer, string name) => answer.GetProperty(name).GetString();

    private static int Held(JsonElement answer, string lane) => answer.GetProperty("heldBatches").GetProperty(lane).GetInt32();
}
