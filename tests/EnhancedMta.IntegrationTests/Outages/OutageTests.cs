using System.Text.Json;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Bounces;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Outages;
using EnhancedMta.Qualification;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Outages;

/// <summary>A provider's failure day: good addresses called unknown for an hour.</summary>
public sealed class OutageTests(AzuriteFixture azurite)
{
    private static readonly SinkReply Unknown = new(550, "5.1.1", "The user {recipient} does not exist");

    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("called unknown once", Unknown) { Prefix = "outage", Tries = 1 },
        new("really unknown", Unknown) { Prefix = "wrong" },
    ];

    [Fact]
    public async Task Good_addresses_are_tried_again_and_those_that_failed_before_come_out_of_quarantine()
    {
        await using var mta = await MtaWithHistoryAsync();
        await mta.DeclareAsync("d", new { expectedSize = 60 });
        await mta.RelayAsync("d", Enumerable.Range(1, 60).Select(i => $"outage{i}"));
        await SettledAsync(mta, "d", 60);

        // The first ones were believed; then it was too many.
        var summary = await mta.SummaryAsync("d");
        var believed = Number(summary, "failed");
        Assert.InRange(believed, 1, 30);
        Assert.Equal(60 - believed, Number(summary, "waitingForRetry"));
        Assert.Contains((await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray(), i => i.GetProperty("kind").GetString() == "outage");

        // They take the mail after all; what was believed is taken back.
        for (var i = 0; i < 12 && Number(await mta.SummaryAsync("d"), "waitingForRetry") > 0; i++)
        {
            await mta.AdvanceToNextRetryAsync();
            await SettledAsync(mta, "d", 60);
        }
        Assert.Equal(60 - believed, Number(await mta.SummaryAsync("d"), "delivered"));
        await mta.Host.Services.GetRequiredService<OutageGuard>().ExchangeAsync(all: true, TestContext.Current.CancellationToken);
        await mta.Host.RunTimerAsync("ReverseOutages", TestContext.Current.CancellationToken);

        var freed = (await Feed.ReadAsync(mta, "d")).Where(e => e.Type == DeliveryEventType.Unquarantine).ToList();
        Assert.Equal(believed, freed.Count);
        Assert.All(freed, e => Assert.StartsWith("outage", e.Address, StringComparison.Ordinal));
        summary = await mta.SummaryAsync("d");
        Assert.Equal((believed, "Unreachable"), (Number(summary, "failed"), summary.GetProperty("failuresByReason")[0].GetProperty("label").GetString()));
        await mta.AssertCountersEqualRecountAsync("d");

        // The second time there is nothing left to take back, and the rules, which know of no outage, put nothing back.
        await mta.Host.RunTimerAsync("ReverseOutages", TestContext.Current.CancellationToken);
        var requalified = await mta.SendAsync(HttpMethod.Post, "requalify", 200, new StringContent(
            """{"from":"2026-11-01T00:00:00Z","to":"2026-12-31T00:00:00Z","confirm":true}""", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(0, Number(requalified, "corrected"));
        Assert.Equal(believed, (await Feed.ReadAsync(mta, "d")).Count(e => e.Type == DeliveryEventType.Unquarantine));
    }

    [Fact]
    public async Task Wrong_addresses_fail_once_that_is_known()
    {
        await using var mta = await MtaWithHistoryAsync();
        await mta.DeclareAsync("d", new { expectedSize = 60 });
        await mta.RelayAsync("d", Enumerable.Range(1, 60).Select(i => $"wrong{i}"));
        await SettledAsync(mta, "d", 60);
        Assert.InRange(Number(await mta.SummaryAsync("d"), "waitingForRetry"), 30, 59);

        for (var i = 0; i < 40 && Number(await mta.SummaryAsync("d"), "waitingForRetry") > 0; i++)
        {
            await mta.AdvanceToNextRetryAsync();
            await SettledAsync(mta, "d", 60);
            await mta.Host.Services.GetRequiredService<OutageGuard>().ExchangeAsync(all: true, TestContext.Current.CancellationToken);
        }
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((60, 0, 0), (Number(summary, "failed"), Number(summary, "expired"), Number(summary, "waitingForRetry")));
        Assert.Equal((int)CampaignReason.UserUnknown, Assert.Single(summary.GetProperty("failuresByReason").EnumerateArray()).GetProperty("reason").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task The_usual_few_wrong_addresses_fail_at_once()
    {
        await using var mta = await MtaWithHistoryAsync();
        await mta.DeclareAsync("d", new { expectedSize = 300 });
        await mta.RelayAsync("d", Enumerable.Range(1, 300).Select(i => i % 30 == 0 ? $"wrong{i}" : $"fine{i}"));
        await SettledAsync(mta, "d", 300);
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((290, 10, 0), (Number(summary, "delivered"), Number(summary, "failed"), Number(summary, "waitingForRetry")));
    }

    /// <summary>300 addresses took mail, half an hour ago.</summary>
    private async Task<MtaUnderTest> MtaWithHistoryAsync()
    {
        var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("earlier", new { expectedSize = 300 });
        await mta.RelayAsync("earlier", Enumerable.Range(1, 300).Select(i => $"ok{i}"));
        await SettledAsync(mta, "earlier", 300);
        var guard = mta.Host.Services.GetRequiredService<OutageGuard>();
        await guard.ExchangeAsync(all: true, TestContext.Current.CancellationToken);
        await mta.AdvanceAsync(TimeSpan.FromMinutes(30));
        return mta;
    }

    private static async Task SettledAsync(MtaUnderTest mta, string deliveryId, int count)
    {
        var limit = DateTime.UtcNow.AddMinutes(3);
        while (true)
        {
            var summary = await mta.SummaryAsync(deliveryId);
            var due = await mta.Host.Services.GetRequiredService<Schedule.WaitingBatches>().NextRetryAsync(TestContext.Current.CancellationToken);
            if (Number(summary, "queued") == 0 && Number(summary, "relayed") == count && (Number(summary, "waitingForRetry") == 0 || due > mta.Clock.GetUtcNow()))
                return;
            Assert.True(DateTime.UtcNow < limit, $"Not settled: {summary}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
