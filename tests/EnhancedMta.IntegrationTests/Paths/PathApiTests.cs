using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.IntegrationTests.Paths;

/// <summary>Looking at paths, acting on them, and asking why something waits.</summary>
public sealed class PathApiTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_suspended_path_holds_its_messages_and_a_resumed_one_sends_them()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "first");
        await mta.SettledAsync("d", waiting: 0);
        var path = Assert.Single((await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths").EnumerateArray().ToList());
        var id = path.GetProperty("id").GetString()!;
        Assert.Equal(("normal", "generic", "rule"), (Text(path, "mode"), Text(path, "rule"), Text(path.GetProperty("limits"), "because")));

        // First what it would do; that changes nothing.
        var dry = await ActAsync(mta, id, new { action = "suspend", @for = "PT2H", reason = "their abuse desk asked", dryRun = true });
        Assert.Equal(("normal", "suspended"), (Text(dry.GetProperty("before"), "mode"), Text(dry.GetProperty("after"), "mode")));
        Assert.Equal("normal", Text((await ShowAsync(mta, id)).GetProperty("path"), "mode"));

        await ActAsync(mta, id, new { action = "suspend", @for = "PT2H", reason = "their abuse desk asked" });
        // A process that used the path a moment ago looks again.
        mta.Clock.Advance(TimeSpan.FromSeconds(16));
        await mta.RelayAsync("d", "second");
        await mta.SettledAsync("d", waiting: 1);
        Assert.Single(mta.Sink.Ledger.Messages);
        var waiting = (await mta.MessageAsync("d", "second")).GetProperty("message");
        Assert.Contains("their abuse desk asked", Text(waiting, "waitsFor"), StringComparison.Ordinal);

        // Every question gets the same answer.
        var explained = await mta.SendAsync(HttpMethod.Get, "deliveries/d/messages/second/explain", 200);
        Assert.Contains(explained.GetProperty("says").EnumerateArray(), s => s.GetString()!.Contains("suspended by an operator: their abuse desk asked", StringComparison.Ordinal));
        var site = await mta.SendAsync(HttpMethod.Get, $"sites/{MtaUnderTest.Domain}/explain", 200);
        Assert.Equal(("generic", "built-in"), (Text(site.GetProperty("egresses")[0].GetProperty("rule"), "id"), Text(site.GetProperty("egresses")[0].GetProperty("rule"), "source")));
        Assert.Contains("their abuse desk asked", Text(site.GetProperty("egresses")[0], "binds"), StringComparison.Ordinal);
        Assert.Equal(1, (await mta.SendAsync(HttpMethod.Get, "deliveries/d/explain", 200)).GetProperty("waiting").GetInt32());

        await ActAsync(mta, id, new { action = "resume" });
        mta.Clock.Advance(TimeSpan.FromSeconds(16));
        await mta.RelayAsync("d", "third");
        await mta.SettledAsync("d", waiting: 1);
        Assert.Equal(2, mta.Sink.Ledger.Messages.Count);
        await mta.AdvanceToNextRetryAsync();
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(3, mta.Sink.Ledger.Messages.Count);
        var moves = (await ShowAsync(mta, id)).GetProperty("moves").EnumerateArray().ToList();
        Assert.Equal([("suspended", "normal"), ("normal", "suspended")], moves.Select(m => (Text(m, "from"), Text(m, "to"))));
        Assert.All(moves, m => Assert.Equal("operator", Text(m, "cause")));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task Messages_over_an_operators_limit_get_a_slot_each_and_all_go_in_their_slices()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "first");
        await mta.SettledAsync("d", waiting: 0);
        var id = Text((await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0], "id")!;
        // 60 an hour are 5 in a slice.
        await ActAsync(mta, id, new { action = "override", messagesPerHour = 60, @for = "PT10H" });
        await mta.RestartAsync();
        await mta.RelayAsync("d", Enumerable.Range(0, 12).Select(n => $"m{n}"));
        var before = mta.Sink.Ledger.Messages.Count;
        await EventuallySettledAsync(mta);
        var sent = mta.Sink.Ledger.Messages.Count - before;
        var inSlice = sent;
        Assert.InRange(sent, 0, 5);
        var forecast = await mta.SendAsync(HttpMethod.Get, "deliveries/d/explain", 200);
        Assert.Equal(12 - sent, forecast.GetProperty("waiting").GetInt32());
        Assert.Equal(12 - sent, forecast.GetProperty("paths")[0].GetProperty("planned").GetInt32());

        for (var rounds = 0; mta.Sink.Ledger.Messages.Count < before + 12; rounds++)
        {
            Assert.InRange(rounds, 0, 10);
            var (had, slice) = (mta.Sink.Ledger.Messages.Count, Slice.At(mta.Clock.GetUtcNow()));
            Assert.True(await mta.AdvanceToNextRetryAsync());
            await EventuallySettledAsync(mta);
            // Of one slice only the first five may go, whether they come together or not.
            var went = mta.Sink.Ledger.Messages.Count - had;
            inSlice = Slice.At(mta.Clock.GetUtcNow()) == slice ? inSlice + went : went;
            Assert.InRange(inSlice, 0, 5);
        }

        Assert.All(mta.Sink.Ledger.Messages.Values, times => Assert.Equal(1, times));
        // Waiting for limits is no attempt and no soft bounce.
        Assert.Equal(0, (await mta.SummaryAsync("d")).GetProperty("softBounced").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    /// <summary>It said that nothing holds the site back, as soon as the leases' own time was over, and where only lines had waited.</summary>
    [Fact]
    public async Task That_other_processes_have_all_connections_is_told_with_the_line_and_its_turns()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "first");
        await mta.SettledAsync("d", waiting: 0);
        var id = Text((await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0], "id")!;
        await ActAsync(mta, id, new { action = "override", connections = 2, @for = "PT10H" });
        // What it had lies idle until it is closed, and is given up then.
        await Hosting.Eventually.IsTrueAsync(
            async () =>
            {
                mta.Clock.Advance(TimeSpan.FromSeconds(3));
                return (await ShowAsync(mta, id)).GetProperty("path").GetProperty("processes").GetInt32() == 0;
            },
            "nobody has a connection");
        using var first = new OtherProcess(mta, id);
        using var second = new OtherProcess(mta, id);
        Assert.Equal((1, 1), (await first.AdmitAsync(1), await second.AdmitAsync(1)));
        var free = await mta.SendAsync(HttpMethod.Get, $"sites/{MtaUnderTest.Domain}/explain", 200);
        Assert.Contains(free.GetProperty("says").EnumerateArray(), s => s.GetString()!.Contains("its replies hold it at 2 connections", StringComparison.Ordinal));

        await mta.RelayAsync("d", "second");
        JsonElement path = default;
        await Hosting.Eventually.IsTrueAsync(
            async () => (path = (await ShowAsync(mta, id)).GetProperty("path")).GetProperty("line").GetArrayLength() == 1, "this process stands in line");
        var began = mta.Clock.GetUtcNow();
        // Its lease says less of a process than that it lives.
        for (var seconds = 0; seconds < 22; seconds += 2)
        {
            mta.Clock.Advance(TimeSpan.FromSeconds(2));
            await first.LiveAsync();
            await second.LiveAsync();
            await Hosting.Eventually.IsTrueAsync(
                async () => await mta.Storage.Paths.QueryAsync<TableEntity>("PartitionKey eq 'life'").AllAsync(life => life.GetDateTimeOffset("Until") > mta.Clock.GetUtcNow().AddSeconds(14)),
                "all three say that they live");
        }

        path = (await ShowAsync(mta, id)).GetProperty("path");
        Assert.Equal([(first.Name, 1), (second.Name, 1)], path.GetProperty("holders").EnumerateArray().Select(h => (Text(h, "process")!, h.GetProperty("connections").GetInt32())));
        var waiting = Assert.Single(path.GetProperty("line").EnumerateArray().ToList());
        Assert.Equal((1, false), (waiting.GetProperty("wanted").GetInt32(), waiting.GetProperty("isUrgent").GetBoolean()));
        // Of twenty seconds, since the first of the two got its connection; that is over, and it is the holder's to look.
        Assert.InRange(waiting.GetProperty("turn").GetDateTimeOffset(), began, began.AddSeconds(30));
        var bound = Assert.Single(path.GetProperty("bounds").EnumerateArray().ToList());
        Assert.Equal(("connections", 2, 2), (Text(bound, "what"), bound.GetProperty("used").GetInt32(), bound.GetProperty("limit").GetInt32()));
        Assert.Equal(waiting.GetProperty("turn").GetDateTimeOffset(), bound.GetProperty("until").GetDateTimeOffset());
        const string Says = "connections: all 2 are in use by 2 processes, 1 process in line, the next turn by ";
        Assert.StartsWith(Says, Text(path, "binds"), StringComparison.Ordinal);

        // Every question gets the same answer.
        var site = await mta.SendAsync(HttpMethod.Get, $"sites/{MtaUnderTest.Domain}/explain", 200);
        Assert.Contains(site.GetProperty("says").EnumerateArray(), s => s.GetString()!.Contains("; now " + Says, StringComparison.Ordinal));
        Assert.Equal(1, site.GetProperty("egresses")[0].GetProperty("path").GetProperty("line").GetArrayLength());
        var message = await mta.SendAsync(HttpMethod.Get, "deliveries/d/messages/second/explain", 200);
        Assert.Contains(message.GetProperty("says").EnumerateArray(), s => s.GetString()!.Contains(Says, StringComparison.Ordinal));
        var delivery = await mta.SendAsync(HttpMethod.Get, "deliveries/d/explain", 200);
        Assert.Equal((1, 0), (delivery.GetProperty("queued").GetInt32(), delivery.GetProperty("waiting").GetInt32()));
        Assert.Equal("connections", Text(Assert.Single(delivery.GetProperty("heldBack").EnumerateArray().ToList()).GetProperty("bounds")[0], "what"));
        await first.GiveUpAsync();
        await Hosting.Eventually.IsTrueAsync(
            async () =>
            {
                mta.Clock.Advance(TimeSpan.FromSeconds(1));
                return (await mta.SummaryAsync("d")).GetProperty("delivered").GetInt32() == 2;
            },
            "it got the connection that was free");
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_field_by_field()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var wrong = await mta.SendAsync(HttpMethod.Post, "paths/1~none", 400, Json(new { action = "override", connections = 0, until = "soon", extra = 1 }));
        var fields = wrong.GetProperty("errors").EnumerateArray().Select(e => Text(e, "field")).ToList();
        Assert.Equal(["connections", "extra", "until"], fields.Order(StringComparer.Ordinal));
        await mta.SendAsync(HttpMethod.Post, "paths/1~none", 404, Json(new { action = "resume" }));
        await mta.SendAsync(HttpMethod.Get, "paths/1~none", 404);
        await mta.SendAsync(HttpMethod.Get, "sites/not..a..domain/explain", 400);
    }

    [Fact]
    public async Task A_throttling_site_slows_its_path_down_and_the_move_tells_why()
    {
        var words = new SinkReply(421, "4.7.28", "Our system has detected an unusual rate of unsolicited mail. Too many messages, please slow down");
        await using var mta = await MtaUnderTest.StartAsync(azurite, [new("slow", words) { Prefix = "slow" }]);
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", Enumerable.Range(0, 3).Select(n => $"slow{n}"));
        await EventuallySettledAsync(mta);
        mta.Clock.Advance(TimeSpan.FromSeconds(20));
        await Hosting.Eventually.IsTrueAsync(
            async () => (await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0] is var path && Text(path, "mode") != "normal",
            "the path has moved");
        var id = Text((await mta.SendAsync(HttpMethod.Get, "paths", 200)).GetProperty("paths")[0], "id")!;
        var move = (await ShowAsync(mta, id)).GetProperty("moves")[0];
        Assert.Equal("trigger", Text(move, "cause"));
        Assert.Contains("unusual rate", Text(move, "sample"), StringComparison.Ordinal);
    }

    /// <summary>All work of the queue is done: what has not gone has a time to come back.</summary>
    private static Task EventuallySettledAsync(MtaUnderTest mta) =>
        Hosting.Eventually.IsTrueAsync(
            async () => (await mta.SummaryAsync("d")).GetProperty("queued").GetInt64() == 0
                && (await mta.Storage.RelayMarketing.GetPropertiesAsync(TestContext.Current.CancellationToken)).Value.ApproximateMessagesCount == 0,
            "the queue is empty");

    private static Task<JsonElement> ActAsync(MtaUnderTest mta, string id, object body) => mta.SendAsync(HttpMethod.Post, $"paths/{id}", 200, Json(body));

    private static Task<JsonElement> ShowAsync(MtaUnderTest mta, string id) => mta.SendAsync(HttpMethod.Get, $"paths/{id}", 200);

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
