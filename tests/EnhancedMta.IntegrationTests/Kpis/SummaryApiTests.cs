using System.Text.Json;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Kpis;

public sealed class SummaryApiTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "No such person")) { Prefix = "unknown" },
        new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full", Tries = 1 },
    ];

    [Fact]
    public async Task A_late_bounce_and_a_retry_move_every_breakdown()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", [.. Enumerable.Range(0, 10).Select(n => $"ok{n}"), "unknown1", "full1"]);
        await mta.SettledAsync("d", waiting: 1);
        var summary = await SummaryAsync(mta);
        Assert.Equal((1, 0, 0), (Number(summary, "hardBounces"), Number(summary, "softBounces"), Number(summary, "complaints")));
        // The sink's address is no provider's.
        AssertShare(Assert.Single(summary.GetProperty("byProvider").EnumerateArray()), "provider", "others", relayed: 12, delivered: 10, failed: 1, waiting: 1, deferred: 1);
        AssertShare(Assert.Single(summary.GetProperty("byDomain").EnumerateArray()), "domain", MtaUnderTest.Domain, relayed: 12, delivered: 10, failed: 1, waiting: 1, deferred: 1);
        Assert.Equal("others", summary.GetProperty("byDomain")[0].GetProperty("provider").GetString());
        var first = Assert.Single(summary.GetProperty("byHour").EnumerateArray());
        Assert.Equal((12, 10, 1, 1), (Number(first, "relayed"), Number(first, "delivered"), Number(first, "failed"), Number(first, "deferred")));
        Assert.InRange(summary.GetProperty("timeToDeliverSeconds").GetProperty("p99").GetDouble(), 0, 60);

        // Hours later one comes back, and the one that was deferred is delivered.
        for (var i = 0; i < 40 && Number(await SummaryAsync(mta), "waitingForRetry") > 0; i++)
        {
            Assert.True(await mta.AdvanceToNextRetryAsync());
            await Eventually.IsTrueAsync(async () => Number(await SummaryAsync(mta), "queued") == 0, "the retry is settled");
        }

        mta.Clock.Advance(TimeSpan.FromHours(5));
        await mta.BounceAsync(SampleBounces.Failed(await mta.ReturnPathAsync("d", "ok3"), $"ok3@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person after all"));
        await mta.BouncesWorkedOffAsync();
        summary = await SummaryAsync(mta);
        AssertShare(Assert.Single(summary.GetProperty("byProvider").EnumerateArray()), "provider", "others", relayed: 12, delivered: 10, failed: 2, waiting: 0, deferred: 1);
        AssertShare(Assert.Single(summary.GetProperty("byDomain").EnumerateArray()), "domain", MtaUnderTest.Domain, relayed: 12, delivered: 10, failed: 2, waiting: 0, deferred: 1);
        var hours = summary.GetProperty("byHour").EnumerateArray().ToList();
        Assert.Equal((12, 9, 1), (Number(hours[0], "relayed"), Number(hours[0], "delivered") - (hours.Count > 2 ? 0 : 1), Number(hours[0], "failed")));
        Assert.Equal((0, 1), (Number(hours[^1], "delivered"), Number(hours[^1], "failed")));
        Assert.Equal(10, hours.Sum(h => Number(h, "delivered")));
        Assert.Equal(2, Number(summary, "hardBounces"));
        Assert.False(summary.TryGetProperty("asOf", out _) || summary.TryGetProperty("estimatedFinish", out _));
        await mta.AssertCountersEqualRecountAsync("d");

        // The list has totals alone.
        var listed = (await mta.SendAsync(HttpMethod.Get, "deliveries", 200)).GetProperty("deliveries")[0].GetProperty("summary");
        Assert.Equal(2, Number(listed, "hardBounces"));
        Assert.False(listed.TryGetProperty("byProvider", out _));
    }

    [Fact]
    public async Task What_was_not_tried_yet_has_no_provider_and_domains_say_up_to_when_they_are_counted()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.SendAsync(HttpMethod.Post, "mode", 200, new StringContent("""{"mode": "maintenance"}""", System.Text.Encoding.UTF8, "application/json"));
        await mta.DeclareAsync("d", new { });
        Assert.Empty((await SummaryAsync(mta)).GetProperty("byDomain").EnumerateArray());
        await mta.RelayAsync("d", Enumerable.Range(0, 5).Select(n => $"a{n}"));
        var summary = await SummaryAsync(mta);
        var unknown = Assert.Single(summary.GetProperty("byProvider").EnumerateArray());
        Assert.Equal((false, 5), (unknown.TryGetProperty("provider", out _), Number(unknown, "relayed")));
        Assert.Equal(5, Number(summary.GetProperty("byDomain")[0], "relayed"));

        // Within seconds of the last look nobody counts again, and it says so.
        await mta.RelayAsync("d", Enumerable.Range(5, 5).Select(n => $"a{n}"));
        summary = (await mta.SendAsync(HttpMethod.Get, "deliveries/d", 200)).GetProperty("summary");
        Assert.Equal((10, 5), (Number(summary, "relayed"), Number(summary.GetProperty("byDomain")[0], "relayed")));
        Assert.Equal(mta.Clock.GetUtcNow(), summary.GetProperty("asOf").GetDateTimeOffset());
        Assert.Equal(10, Number((await SummaryAsync(mta)).GetProperty("byDomain")[0], "relayed"));
    }

    /// <summary>After the seconds for which domains are not counted anew.</summary>
    private static async Task<JsonElement> SummaryAsync(MtaUnderTest mta)
    {
        mta.Clock.Advance(TimeSpan.FromSeconds(5));
        return (await mta.SendAsync(HttpMethod.Get, "deliveries/d", 200)).GetProperty("summary");
    }

    private static void AssertShare(JsonElement share, string by, string name, int relayed, int delivered, int failed, int waiting, int deferred)
    {
        Assert.Equal(name, share.GetProperty(by).GetString());
        Assert.Equal((relayed, delivered, failed, waiting, deferred), (Number(share, "relayed"), Number(share, "delivered"), Number(share, "failed"), Number(share, "waiting"), Number(share, "deferred")));
        Assert.Equal((100.0 * (relayed - failed) / relayed, 100.0 * delivered / relayed), (share.GetProperty("successPercent").GetDouble(), share.GetProperty("deliveredPercent").GetDouble()));
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
