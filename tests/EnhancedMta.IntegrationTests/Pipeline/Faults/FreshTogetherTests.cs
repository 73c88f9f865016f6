using EnhancedMta.Batches;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>Batches of one request: few queue messages, each claimed with one operation and without a look, and whatever may happen to any of them.</summary>
public sealed class FreshTogetherTests(AzuriteFixture azurite)
{
    private const int Batches = 4;
    private const int Messages = Batches * Batch.MaxMessages;

    [Fact]
    public async Task Four_full_batches_share_a_queue_message_and_what_is_left_has_one_of_its_own()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(Messages + Batch.MaxMessages + 1));
        var orders = new List<IReadOnlyList<BatchOrder>>();
        while (await scene.QueuedAsync() > 0)
            orders.Add(BatchOrder.Parse(await scene.TakeOrderAsync()).Each());
        // Which goes first is a matter of time: the accepting of batches overlaps.
        Assert.Equal([2, 4], orders.Select(o => o.Count).Order());
        Assert.All(orders.SelectMany(o => o), order => Assert.NotNull(order.Fresh));
        Assert.Equal(Messages + Batch.MaxMessages + 1, orders.SelectMany(o => o).Sum(o => o.Fresh!.Count));
    }

    [Fact]
    public async Task Large_ones_go_by_less()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var text = new string('x', 200_000).Chunk(76).Select(line => new string(line));
        var lines = Enumerable.Range(0, 200).Select(n => $$"""{"messageId": "m{{n}}", "to": "m{{n}}@{{Scene.Domain}}", "from": "news@sender.example", "subject": "News", "text": "{{string.Join("\\n", text)}}"}""");
        Assert.Equal(200, (await scene.Mta.RelayAsync(Scene.DeliveryId, string.Join('\n', lines))).Accepted);
        var sizes = new List<int>();
        while (await scene.QueuedAsync() > 0)
            sizes.Add(BatchOrder.Parse(await scene.TakeOrderAsync()).Each().Sum(o => o.Fresh!.Count));
        // A batch is full at 8 MiB, so has 41 or 42 of these.
        Assert.Equal(200, sizes.Sum());
        Assert.All(sizes, size => Assert.InRange(size, 1, 2 * 42));
    }

    [Fact]
    public async Task They_are_claimed_with_one_operation_and_no_look()
    {
        await using var scene = await QueuedAsync();
        var seen = new Requests();
        await scene.NewInstance(seen).RelayBatchAsync(await scene.TakeOrderAsync());
        Assert.DoesNotContain(seen.All, r => r.Contains("RowKey='b~", StringComparison.Ordinal) || r.StartsWith("GET sendinglog()", StringComparison.Ordinal));
        // The claim, and settlements of at most 49.
        Assert.InRange(seen.All.Count(r => r.EndsWith("$batch", StringComparison.Ordinal)), 2, 1 + Batches * 4);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task One_that_another_worker_has_is_left_to_it()
    {
        await using var scene = await QueuedAsync();
        var order = await scene.TakeOrderAsync();
        var third = BatchOrder.Parse(order).Each()[2];
        Assert.True((await scene.Mta.Get<BatchClaims>().ClaimAsync(third, TestContext.Current.CancellationToken)).IsOurs);
        await scene.Mta.RelayBatchAsync(order);
        Assert.Equal((Batches - 1) * Batch.MaxMessages, scene.Taken);
        // It dies.
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.Mta.RelayBatchAsync(third.ToJson());
        await AssertFinishedAsync(scene, possibleRepeats: 56);
    }

    [Fact]
    public async Task Two_workers_with_the_same_order_send_each_message_once()
    {
        await using var scene = await QueuedAsync();
        var order = await scene.TakeOrderAsync();
        await Task.WhenAll(scene.Mta.RelayBatchAsync(order), scene.NewInstance().RelayBatchAsync(order), scene.NewInstance().RelayBatchAsync(order));
        await scene.Mta.RelayBatchAsync(order);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_claim_whose_answer_is_lost_is_a_claim()
    {
        await using var scene = await QueuedAsync();
        var loss = new LostAnswer();
        await scene.NewInstance(loss).RelayBatchAsync(await scene.TakeOrderAsync());
        Assert.True(loss.IsDone);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_worker_that_dies_with_all_of_them_claimed_loses_none()
    {
        await using var scene = await QueuedAsync();
        var order = await scene.TakeOrderAsync();
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = r => r.Uri.Path.Contains("/packs/", StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => dying.RelayBatchAsync(order));
        Assert.Equal((0, Batches), (scene.Taken, await scene.OpenBatchesAsync()));
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.Mta.RelayBatchAsync(order);
        await AssertFinishedAsync(scene, possibleRepeats: Batches * 56);
    }

    [Fact]
    public async Task A_process_that_dies_before_it_queues_them_loses_none()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = Scene.IsQueueing;
        await Assert.ThrowsAnyAsync<Exception>(() => scene.RelayAsync(dying, Scene.Ids(Messages)));
        Assert.True(dying.Faults.IsDead);
        Assert.Equal((0, Batches), (await scene.QueuedAsync(), await scene.OpenBatchesAsync()));
        // The partition's guard.
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Batches, await scene.Mta.SweepAsync());
        await scene.WorkAsync();
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    private async Task<Scene> QueuedAsync()
    {
        var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(Messages));
        Assert.Equal(1, await scene.QueuedAsync());
        return scene;
    }

    private static async Task AssertFinishedAsync(Scene scene, int possibleRepeats)
    {
        Assert.Equal(0, await scene.OpenBatchesAsync());
        var counters = await scene.CountersAsync();
        Assert.Equal((Messages, possibleRepeats), (counters.Delivered, counters.PossibleRepeats));
        Assert.InRange(scene.Repeats, 0, possibleRepeats);
    }
}
