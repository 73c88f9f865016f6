using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Traffic;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Traffic;

public sealed class ThroughputTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules =
    [
        new("unknown", new SinkReply(550, "5.1.1", "No such person")) { Prefix = "unknown" },
        new("full", new SinkReply(452, "4.2.2", "No room")) { Prefix = "full" },
    ];

    [Fact]
    public async Task Deliveries_the_instance_and_the_path_tell_of_the_same_messages()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d1", new { });
        await mta.DeclareAsync("d2", new { expectedSize = 10 });
        await mta.RelayAsync("d1", [.. Enumerable.Range(0, 300).Select(n => $"ok{n}"), "unknown1", "full1"]);
        await mta.SettledAsync("d1", waiting: 1);
        mta.Clock.Advance(TimeSpan.FromMinutes(100));
        await mta.RelayAsync("d2", "ok1", "ok2", "unknown2");
        await mta.SettledAsync("d2", waiting: 0);

        foreach (var (window, relayed, delivered, failed, deferred) in new[] { ("1h", 3, 2, 1, 0), ("3h", 305, 302, 2, 1), ("24h", 305, 302, 2, 1) })
        {
            var all = await mta.SendAsync(HttpMethod.Get, $"throughput?window={window}", 200);
            Assert.Equal((relayed, delivered, failed, deferred), Totals(all));
            var parts = (await Task.WhenAll(new[] { "d1", "d2" }.Select(d => mta.SendAsync(HttpMethod.Get, $"deliveries/{d}/throughput?window={window}", 200)))).ToList();
            AssertSum(all, parts);
            // All goes by one path; nothing is relayed to a path.
            var path = (await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths").EnumerateArray().Single().GetProperty("id").GetString();
            var byPath = await mta.SendAsync(HttpMethod.Get, $"paths/{Uri.EscapeDataString(path!)}/throughput?window={window}", 200);
            Assert.Equal((0, delivered, failed, deferred), Totals(byPath));
            Assert.Equal(all.GetProperty("totals").GetProperty("deliveredBytes").GetInt64(), byPath.GetProperty("totals").GetProperty("deliveredBytes").GetInt64());
        }

        var rates = (await mta.SendAsync(HttpMethod.Get, "throughput", 200)).GetProperty("rates");
        Assert.True(rates.GetProperty("relay").GetProperty("messagesPerHour").GetDouble() > 0 && rates.GetProperty("outbound").GetProperty("bitsPerSecond").GetDouble() > 0 && rates.GetProperty("outbound").GetProperty("errorsPerHour").GetDouble() > 0);
    }

    [Fact]
    public async Task An_hour_that_is_past_is_read_as_one_row_and_what_comes_late_is_not_lost()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", Enumerable.Range(0, 200).Select(n => $"ok{n}"));
        await mta.SettledAsync("d", waiting: 0);
        var table = mta.Host.Services.GetRequiredService<TrafficTable>();
        await mta.SendAsync(HttpMethod.Get, "throughput?window=1h", 200);
        var hour = TrafficBook.HourOf(mta.Clock.GetUtcNow());
        mta.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(200, (await table.AllAsync(hour, TestContext.Current.CancellationToken)).Sum(m => m.Delivered));
        var before = mta.Storage.Operations.Count;
        Assert.Equal(200, (await table.AllAsync(hour, TestContext.Current.CancellationToken)).Sum(m => m.Delivered));
        Assert.Equal(1, mta.Storage.Operations.Count - before);

        // Somebody who could not write for hours.
        var late = new TrafficHour();
        late.Set(9, new SendingLog.MinuteThroughput { Minute = hour.AddMinutes(7), Delivered = 11 });
        await table.WriteAsync([new TrafficRow(hour, TrafficTable.LogKey(new SendingLog.LogPartition("other", 0)), late.ToBytes())], "slow", TestContext.Current.CancellationToken);
        Assert.Equal(211, (await table.AllAsync(hour, TestContext.Current.CancellationToken)).Sum(m => m.Delivered));
        Assert.Equal(211, (await table.AllAsync(hour, TestContext.Current.CancellationToken)).Sum(m => m.Delivered));

        await table.ForgetAsync(hour.AddHours(1), TestContext.Current.CancellationToken);
        Assert.Empty(await table.AllAsync(hour, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Bad_windows_and_unknown_paths_are_named()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        foreach (var path in new[] { "throughput?window=2h", "deliveries/d/throughput?window=", "paths/x/throughput?window=1h&window=3h" })
            Assert.Equal("window", (await mta.SendAsync(HttpMethod.Get, path, 400)).GetProperty("errors")[0].GetProperty("field").GetString());
        await mta.SendAsync(HttpMethod.Get, "paths/x/throughput?window=1h", 404);
        await mta.SendAsync(HttpMethod.Get, "deliveries/x/throughput?window=1h", 404);
    }

    private static (int, int, int, int) Totals(JsonElement series)
    {
        var totals = series.GetProperty("totals");
        return (Number(totals, "relayed"), Number(totals, "delivered"), Number(totals, "failed"), Number(totals, "deferred"));
    }

    private static void AssertSum(JsonElement all, List<JsonElement> parts)
    {
        foreach (var (point, at) in all.GetProperty("points").EnumerateArray().Select((p, i) => (p, i)))
        {
            var same = parts.Select(p => p.GetProperty("points")[at]).ToList();
            Assert.All(same, p => Assert.Equal(point.GetProperty("from").GetDateTimeOffset(), p.GetProperty("from").GetDateTimeOffset()));
            foreach (var name in new[] { "relayed", "relayedBytes", "delivered", "deliveredBytes", "failed", "deferred" })
                Assert.Equal(Number(point, name), same.Sum(p => Number(p, name)));
        }
    }

    private static int Number(JsonElement point, string name) => point.GetProperty(name).GetInt32();
}
