using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.Hosting;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Modes;
using EnhancedMta.Paths;
using EnhancedMta.Retention;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Retention;

/// <summary>What is old goes, what is open stays, and the Summary survives its rows.</summary>
public sealed class RetentionTests(AzuriteFixture azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Fact]
    public async Task After_its_days_only_the_summary_is_left_and_it_is_as_it_was()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("unknown", new SinkReply(550, "5.1.1", "No such user")) { Prefix = "unknown" }]);
        await mta.DeclareAsync("d", new { expectedSize = 1_000 });
        await SendAsync(mta, "d", [.. Enumerable.Range(0, 250).Select(n => $"m{n}"), "unknown1"], "a request");
        await mta.SettledAsync("d", waiting: 0);
        // Domains are counted a little later.
        mta.Clock.Advance(TimeSpan.FromSeconds(5));
        var before = (await mta.SummaryAsync("d")).ToString();

        // Packs go first, the rest in its time.
        await mta.AdvanceAsync(TimeSpan.FromDays(9));
        await PurgeAsync(mta);
        Assert.Equal((0, 251), (await PacksAsync(mta), await RowsAsync(mta, LogKeys.MessagePrefix)));
        Assert.Equal(0, await CountAsync(mta.Storage.Requests));
        await mta.AdvanceAsync(TimeSpan.FromDays(20));
        await PurgeAsync(mta);
        Assert.Equal(251, await RowsAsync(mta, LogKeys.MessagePrefix));
        await mta.AdvanceAsync(TimeSpan.FromDays(3));
        await PurgeAsync(mta);
        foreach (var prefix in (string[])[LogKeys.MessagePrefix, LogKeys.MinutePrefix, LogKeys.PagePrefix, LogKeys.BatchPrefix])
            Assert.Equal(0, await RowsAsync(mta, prefix));
        Assert.Equal(before, (await mta.SummaryAsync("d")).ToString());

        // The delivery goes on as if nothing were: its pages' numbers, its counters.
        await mta.RelayAsync("d", "late");
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(252, (await mta.SummaryAsync("d")).GetProperty("relayed").GetInt32());
        Assert.Equal("delivered", (await mta.MessageAsync("d", "late")).GetProperty("message").GetProperty("state").GetString());
    }

    [Fact]
    public async Task The_rows_of_a_young_delivery_are_not_searched_for_old_ones()
    {
        // Feedback is collected by time, and reads the log as well: after this.
        await using var mta = await MtaUnderTest.StartAsync(
            azurite, [], null, services => services.AddSingleton(new FeedOptions { Interval = TimeSpan.FromMinutes(10) }), [KeyValuePair.Create<string, string?>("LocalHost:CountStorage", "true")]);
        await mta.DeclareAsync("d", new { expectedSize = 100 });
        await mta.RelayAsync("d", "m");
        await mta.SettledAsync("d", waiting: 0);
        await mta.AdvanceAsync(TimeSpan.FromDays(5));
        // Its domains are counted from its pages all the same: a request for each partition, and the first time the pages.
        Assert.Equal((1L, 0L), await AskedAsync(mta));
        await mta.AdvanceAsync(TimeSpan.FromDays(20));
        // Packs are old by now: one request more, which of them are open.
        var (later, listed) = await AskedAsync(mta);
        Assert.Equal(2, later);
        Assert.True(listed > 0);
        await mta.AdvanceAsync(TimeSpan.FromDays(6));
        Assert.True((await AskedAsync(mta)).Log > 1);

        static async Task<(long Log, long Packs)> AskedAsync(MtaUnderTest mta)
        {
            var load = mta.Host.Services.GetRequiredService<StorageLoad>();
            long Requests(string resource) => load.Loads.Where(l => l.Resource == resource).Sum(l => l.Requests);
            // What came due with the clock has been looked at.
            for (var seen = -1L; seen != Requests("table sendinglog"); await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken))
                seen = Requests("table sendinglog");
            var (log, packs) = (Requests("table sendinglog"), Requests("blob packs"));
            await PurgeAsync(mta);
            return (Requests("table sendinglog") - log, Requests("blob packs") - packs);
        }
    }

    [Fact]
    public async Task What_is_open_stays_however_old_it_is()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await ModeAsync(mta, "maintenance");
        await mta.RelayAsync("d", "held");
        await Eventually.IsTrueAsync(async () => (await mta.SendAsync(HttpMethod.Get, "mode", 200)).GetProperty("heldBatches").GetProperty("marketing").GetInt32() == 1, "the batch is held");
        await mta.AdvanceAsync(TimeSpan.FromDays(60));
        await PurgeAsync(mta);
        Assert.Equal((1, 1, 1), (await PacksAsync(mta), await RowsAsync(mta, LogKeys.MessagePrefix), await RowsAsync(mta, LogKeys.BatchPrefix)));

        await ModeAsync(mta, "enhanced");
        mta.Clock.Advance(ModeState.SeenWithin);
        await mta.AdvanceAsync(TimeSpan.FromMinutes(1));
        await mta.SettledAsync("d", waiting: 0);
        var message = (await mta.MessageAsync("d", "held")).GetProperty("message");
        Assert.Equal("expired", message.GetProperty("state").GetString());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_run_that_is_cut_short_is_gone_on_with_and_repeats_at_most_one_delivery()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        foreach (var id in (string[])["a", "b", "c"])
        {
            await mta.DeclareAsync(id, new { expectedSize = 300 });
            await mta.RelayAsync(id, Enumerable.Range(0, 220).Select(n => $"m{n}"));
            await mta.SettledAsync(id, waiting: 0);
        }

        await mta.AdvanceAsync(TimeSpan.FromDays(31));
        var retention = mta.Host.Services.GetRequiredService<RetentionRun>();
        // No time at all: each run ends after its first transaction.
        var runs = 0;
        var left = 660;
        while (!await retention.RunAsync(TimeSpan.Zero, TestContext.Current.CancellationToken))
        {
            runs++;
            Assert.True(runs < 200, "It gets nowhere.");
            if (await RowsAsync(mta, LogKeys.MessagePrefix) is var now && now < left)
                left = now;
        }

        Assert.InRange(runs, 6, 200);
        Assert.Equal(0, await RowsAsync(mta, LogKeys.MessagePrefix));
        // Nothing is left of the day, for other instances neither.
        var count = mta.Storage.Operations.Count;
        Assert.True(await retention.RunAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(count, mta.Storage.Operations.Count);
        var other = ActivatorUtilities.CreateInstance<RetentionRun>(mta.Host.Services);
        Assert.True(await other.RunAsync(Limit, TestContext.Current.CancellationToken));
        Assert.Equal(count + 1, mta.Storage.Operations.Count);
    }

    [Fact]
    public async Task Small_tables_lose_what_is_old_and_keep_what_is_not()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("busy", new SinkReply(421, "4.7.0", "Too many sessions")) { Prefix = "busy" }]);
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        // A path with a move, an incident, a mail with a Message-ID of its own.
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(JsonSerializer.Serialize(new
        {
            messageId = "own",
            to = $"one@{MtaUnderTest.Domain}",
            mime = "From: news@sender.example\r\nMessage-ID: <campaign-1@sender.example>\r\nSubject: x\r\n\r\nBody\r\n",
        })));
        await mta.SettledAsync("d", waiting: 0);
        var path = (await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0].GetProperty("id").GetString();
        await mta.SendAsync(HttpMethod.Post, $"paths/{path}", 200, new StringContent("""{"action": "suspend", "for": "PT1H", "reason": "a test"}""", System.Text.Encoding.UTF8, "application/json"));
        await mta.Host.Services.GetRequiredService<EnhancedMta.Incidents.IncidentLog>().RaiseAsync("test", "old", "x", TestContext.Current.CancellationToken);
        var suspended = mta.Clock.GetUtcNow();
        Assert.Equal((1, 1, 1), (await CountAsync(mta.Storage.MessageIds), await CountAsync(mta.Storage.Incidents), await MovesAsync(mta, suspended)));

        await mta.AdvanceAsync(TimeSpan.FromDays(30));
        await PurgeAsync(mta);
        Assert.Equal((0, 1, 1), (await CountAsync(mta.Storage.MessageIds), await CountAsync(mta.Storage.Incidents), await MovesAsync(mta, suspended)));
        await mta.AdvanceAsync(TimeSpan.FromDays(61));
        await mta.Host.Services.GetRequiredService<EnhancedMta.Incidents.IncidentLog>().RaiseAsync("test", "young", "x", TestContext.Current.CancellationToken);
        await PurgeAsync(mta);
        Assert.Equal((1, 0), (await CountAsync(mta.Storage.Incidents), await MovesAsync(mta, suspended)));
    }

    private static async Task<int> MovesAsync(MtaUnderTest mta, DateTimeOffset until) =>
        await mta.Storage.Paths.QueryAsync<TableEntity>("RowKey ge 'm~' and RowKey lt 'n'", cancellationToken: TestContext.Current.CancellationToken)
            .CountAsync(row => MoveRow.TimeOf(row) <= until, TestContext.Current.CancellationToken);

    private static async Task PurgeAsync(MtaUnderTest mta) =>
        Assert.True(await mta.Host.Services.GetRequiredService<RetentionRun>().RunAsync(Limit, TestContext.Current.CancellationToken));

    private static async Task<int> PacksAsync(MtaUnderTest mta) => await mta.Storage.Packs.GetBlobsAsync(cancellationToken: TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken);

    private static Task<int> RowsAsync(MtaUnderTest mta, string prefix) => CountAsync(mta.Storage.Log, $"RowKey ge '{prefix}' and RowKey lt '{(char)(prefix[0] + 1)}'");

    private static async Task<int> CountAsync(TableClient table, string? filter = null) =>
        await table.QueryAsync<TableEntity>(filter, select: ["RowKey"], cancellationToken: TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken);

    private static Task<JsonElement> ModeAsync(MtaUnderTest mta, string mode) =>
        mta.SendAsync(HttpMethod.Post, "mode", 200, new StringContent(JsonSerializer.Serialize(new { mode }), System.Text.Encoding.UTF8, "application/json"));

    private static async Task SendAsync(MtaUnderTest mta, string deliveryId, IEnumerable<string> ids, string key)
    {
        mta.Client.DefaultRequestHeaders.Add("Idempotency-Key", key.Replace(' ', '-'));
        await mta.RelayAsync(deliveryId, ids);
        mta.Client.DefaultRequestHeaders.Remove("Idempotency-Key");
    }
}
