using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Feedback;

/// <summary>One order for all events, that nothing ever joins in its past.</summary>
public sealed class FeedOrderTests(AzuriteFixture azurite)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("INTERLEAVINGS") ?? "5", CultureInfo.InvariantCulture))];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_reader_that_follows_sees_every_event_once_and_in_order_whoever_dies(int seed)
    {
        var random = new Random(seed);
        var clock = new FakeTimeProvider(Start);
        var account = azurite.NewAccount();
        await using var calm = new FeedProcess(account, clock, seed);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        string[] deliveries = ["a", "b", "a.b"];
        foreach (var delivery in deliveries)
            await calm.DeclareAsync(delivery);
        var seen = new List<FeedEvent>();
        var cursor = FeedEventId.Start;
        var (deaths, written) = (0, 0);
        for (var life = 0; life < 8; life++)
        {
            // Clocks of processes differ, by minutes too.
            var late = new FakeTimeProvider(clock.GetUtcNow().AddMinutes(random.Next(-5, 5)));
            await using var first = new FeedProcess(account, clock, random.Next()) { Faults = { Rate = 0.03 } };
            await using var second = new FeedProcess(account, late, random.Next()) { Faults = { Rate = 0.03 } };
            first.Faults.DieAfter(random.Next(1, 80));
            second.Faults.DieAfter(random.Next(1, 80));
            for (var step = 0; step < 10; step++)
            {
                await Task.WhenAll(Enumerable.Range(0, random.Next(1, 5)).Select(_ => TryAsync(random.Next(2) == 0 ? first : second, random.Next())));
                // Long enough at times for marks to be taken away.
                clock.Advance(TimeSpan.FromSeconds(random.Next(3) == 0 ? 150 : 3));
                await FollowAsync();
            }

            deaths += (first.Faults.IsDead ? 1 : 0) + (second.Faults.IsDead ? 1 : 0);
        }

        Assert.True(deaths > 4, $"{deaths} processes died: the test has shown little.");
        Assert.NotNull(await calm.CollectAsync());
        await FollowAsync();
        await AssertFeedIsLogAsync(calm, deliveries, seen);
        // Read again from the start, with pages of another size, and delivery by delivery.
        Assert.Equal(seen, await calm.ReadAsync(limit: 7));
        foreach (var delivery in deliveries)
            Assert.Equal(seen.Where(e => e.DeliveryId == delivery), await calm.ReadAsync(limit: 13, deliveryId: delivery));

        // When all is quiet nothing is marked any more.
        for (var round = 0; round < 2; round++)
        {
            clock.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(0, await calm.CollectAsync());
        }

        Assert.Equal(0, await calm.Storage.Feed.QueryAsync<TableEntity>("PartitionKey eq 'feed' and RowKey ge 'm~' and RowKey lt 'n'", cancellationToken: TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken));

        async Task FollowAsync()
        {
            var slice = await calm.Get<FeedReader>().ReadAsync(cursor, random.Next(1, 40), null, CancellationToken.None);
            seen.AddRange(slice.Events.Select(e => e.Event));
            cursor = slice.Last;
            if (slice.HasMore)
                await FollowAsync();
        }

        async Task TryAsync(FeedProcess process, int pick)
        {
            var choice = new Random(pick);
            try
            {
                if (choice.Next(3) == 0)
                    await process.CollectAsync();
                else
                    await process.CommitAsync(
                        new LogPartition(deliveries[choice.Next(deliveries.Length)], choice.Next(2)),
                        Enumerable.Range(0, choice.Next(0, 30)).Select(_ => $"m{Interlocked.Increment(ref written)}"));
            }
            catch (Exception e) when (e is ProcessDiedException or RequestFailedException or IOException or AggregateException)
            {
                // The host would try again; here a later step does.
            }
        }
    }

    [Fact]
    public async Task A_transaction_that_hangs_until_everybody_read_on_comes_after_what_was_read()
    {
        var clock = new FakeTimeProvider(Start);
        var account = azurite.NewAccount();
        await using var calm = new FeedProcess(account, clock, 1);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await calm.DeclareAsync("d");
        var gate = new StorageGate(IsTransaction);
        await using var slow = new FeedProcess(account, new FakeTimeProvider(Start.AddHours(-1)), 2, policies: gate);
        // Marked, and then stuck with its transaction on the way: long enough for the mark to be taken away.
        var late = slow.CommitAsync(new LogPartition("d", 0), "late");
        await calm.CommitAsync(new LogPartition("d", 1), "early");
        for (var round = 0; round < 4; round++)
        {
            Assert.NotNull(await calm.CollectAsync());
            clock.Advance(new FeedOptions().QuietTime);
        }

        var read = await calm.Get<FeedReader>().ReadAsync(FeedEventId.Start, 10, null, CancellationToken.None);
        Assert.Equal("early", Assert.Single(read.Events).Event.MessageId);
        gate.Open();
        await late;
        Assert.NotNull(await calm.CollectAsync());
        var then = await calm.Get<FeedReader>().ReadAsync(read.Last, 10, null, CancellationToken.None);
        var happened = Assert.Single(then.Events);
        Assert.Equal("late", happened.Event.MessageId);
        // Its own clock says that it came first; its id says that it was read last.
        Assert.True(happened.Event.Time < read.Events[0].Event.Time && happened.Id > read.Events[0].Id);
    }

    [Fact]
    public async Task Two_that_collect_at_once_give_each_event_one_place()
    {
        var clock = new FakeTimeProvider(Start);
        var account = azurite.NewAccount();
        await using var calm = new FeedProcess(account, clock, 1);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await calm.DeclareAsync("d");
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(shard => calm.CommitAsync(new LogPartition("d", shard), $"{round}.{shard}")));
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => calm.CollectAsync()));
        }

        await calm.CollectAsync();
        var events = await calm.ReadAsync();
        Assert.Equal(80, events.Select(e => e.MessageId).Distinct().Count());
        await AssertFeedIsLogAsync(calm, ["d"], events);
    }

    [Fact]
    public async Task More_pages_than_one_step_holds_are_all_read()
    {
        var clock = new FakeTimeProvider(Start);
        await using var calm = new FeedProcess(azurite.NewAccount(), clock, 1);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await calm.DeclareAsync("d");
        // 80 partitions of other deliveries beside it: more rows than one transaction holds.
        for (var n = 0; n < 40; n++)
        {
            await calm.DeclareAsync($"x{n}");
            await Task.WhenAll(calm.CommitAsync(new LogPartition($"x{n}", 0), $"x{n}.0"), calm.CommitAsync(new LogPartition($"x{n}", 1), $"x{n}.1"));
        }

        for (var page = 0; page < 150; page++)
            await calm.CommitAsync(new LogPartition("d", 0), page % 3 == 0 ? [] : [$"m{page}"]);
        await calm.CollectAsync();
        var events = await calm.ReadAsync(limit: 1_000);
        Assert.Equal(80 + 100, events.Count);
        await AssertFeedIsLogAsync(calm, ["d", .. Enumerable.Range(0, 40).Select(n => $"x{n}")], events);
    }

    [Fact]
    public async Task A_time_finds_its_place_and_what_was_purged_is_told()
    {
        var clock = new FakeTimeProvider(Start);
        await using var calm = new FeedProcess(azurite.NewAccount(), clock, 1);
        await calm.Storage.EnsureCreatedAsync(CancellationToken.None);
        await calm.DeclareAsync("d");
        for (var day = 0; day < 12; day++)
        {
            await calm.CommitAsync(new LogPartition("d", 0), $"day{day}");
            await calm.CollectAsync();
            clock.Advance(TimeSpan.FromDays(1));
        }

        var reader = calm.Get<FeedReader>();
        for (var day = 0; day <= 12; day++)
            Assert.Equal(12 - day, (await calm.ReadAsync(await reader.SinceAsync(Start.AddDays(day), CancellationToken.None))).Count);

        Assert.Equal(1, await reader.OldestAsync(CancellationToken.None));
        Assert.Equal(3, await calm.Get<FeedRetention>().PurgeAsync(Start.AddDays(5), 3, CancellationToken.None));
        Assert.Equal(2, await calm.Get<FeedRetention>().PurgeAsync(Start.AddDays(5), 100, CancellationToken.None));
        Assert.Equal(6, await reader.OldestAsync(CancellationToken.None));
        Assert.Equal(Enumerable.Range(5, 7).Select(day => $"day{day}"), (await calm.ReadAsync()).Select(e => e.MessageId));
        Assert.Equal(7, (await calm.ReadAsync(deliveryId: "d")).Count);
        Assert.Equal(7, (await calm.ReadAsync(await reader.SinceAsync(Start, CancellationToken.None))).Count);
    }

    private static bool IsTransaction(Request request) => request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);

    /// <summary>The feed has the events of all pages, once; each partition's in its order; ids rise.</summary>
    private static async Task AssertFeedIsLogAsync(FeedProcess process, IEnumerable<string> deliveries, IReadOnlyList<FeedEvent> feed)
    {
        var ids = feed.Select(e => e.Id).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        var byPartition = feed.GroupBy(e => Parse(e.Id) is var id ? (e.DeliveryId, id.Shard) : default).ToDictionary(g => g.Key, g => g.Select(e => e.MessageId).ToList());
        foreach (var delivery in deliveries)
        {
            for (var shard = 0; shard < 8; shard++)
            {
                var inLog = new List<string>();
                await foreach (var page in process.Storage.Log.QueryAsync<TableEntity>(LogKeys.RangeFilter(new LogPartition(delivery, shard).Key, LogKeys.PagePrefix)))
                    inLog.AddRange(FeedPage.Read(page).Select(e => e.MessageId));
                Assert.Equal(inLog, byPartition.GetValueOrDefault((delivery, shard)) ?? []);
                byPartition.Remove((delivery, shard));
            }
        }

        Assert.Empty(byPartition);
    }

    private static FeedEventId Parse(string id)
    {
        Assert.True(FeedEventId.TryParse(id, out var parsed), id);
        return parsed;
    }
}
