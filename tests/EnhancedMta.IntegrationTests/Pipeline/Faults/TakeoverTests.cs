using EnhancedMta.Batches;
using EnhancedMta.IntegrationTests.Hosting;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>One worker per batch, and what is repeated when that worker dies or hangs.</summary>
public sealed class TakeoverTests(AzuriteFixture azurite)
{
    private static readonly int InFlight = new BatchOptions().InFlight;

    [Fact]
    public async Task Of_several_workers_with_one_order_one_sends()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(96));
        var order = await scene.TakeOrderAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => (n < 2 ? scene.Mta : scene.NewInstance()).RelayBatchAsync(order)));

        Assert.Equal((96, 0), (scene.Taken, scene.Repeats));
        var counters = await scene.CountersAsync();
        Assert.Equal((96, 0), (counters.Delivered, counters.PossibleRepeats));
    }

    [Fact]
    public async Task What_dead_workers_may_have_sent_is_counted_even_when_none_of_them_settled_anything()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(60));
        var order = await scene.TakeOrderAsync();

        const int Deaths = 4;
        for (var death = 1; death <= Deaths; death++)
        {
            // Each dies at its first settlement, when a window of messages is out.
            var gate = new StorageGate(Scene.IsTransaction);
            var worker = scene.NewInstance(gate);
            var work = worker.RelayBatchAsync(order);
            await Eventually.IsTrueAsync(() => scene.Taken == death * InFlight, "the worker has sent its window");
            worker.Faults.DiesBefore = _ => true;
            gate.Open();
            await Assert.ThrowsAsync<ProcessDiedException>(() => work);
            scene.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        await scene.Mta.RelayBatchAsync(order);
        Assert.Equal((60 + Deaths * InFlight, Deaths * InFlight), (scene.Taken, scene.Repeats));
        var counters = await scene.CountersAsync();
        Assert.Equal((60, Deaths * InFlight), (counters.Delivered, counters.PossibleRepeats));
    }

    [Fact]
    public async Task A_worker_that_lost_its_claim_begins_nothing_more()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(96));
        var order = await scene.TakeOrderAsync();

        // It hangs at its first settlement, when a window of messages is out.
        var gate = new StorageGate(Scene.IsTransaction);
        var hanging = scene.NewInstance(gate).RelayBatchAsync(order);
        await Eventually.IsTrueAsync(() => scene.Taken == InFlight, "the first worker has sent its window");
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.Mta.RelayBatchAsync(order);
        Assert.Equal((96 + InFlight, InFlight), (scene.Taken, scene.Repeats));
        gate.Open();
        await hanging;

        Assert.Equal(InFlight, scene.Repeats);
        var counters = await scene.CountersAsync();
        Assert.Equal((96, InFlight), (counters.Delivered, counters.PossibleRepeats));
        Assert.Equal(0, await scene.OpenBatchesAsync());
    }

    [Fact]
    public async Task A_worker_that_lost_its_claim_leaves_the_other_ones_alone()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(96));
        var order = BatchOrder.Parse(await scene.TakeOrderAsync());

        var gate = new StorageGate(Scene.IsTransaction);
        var hanging = scene.NewInstance(gate).RelayBatchAsync(order.ToJson());
        await Eventually.IsTrueAsync(() => scene.Taken == InFlight, "the first worker has sent its window");
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        var other = await scene.Mta.Get<BatchClaims>().ClaimAsync(order, TestContext.Current.CancellationToken);
        gate.Open();
        await hanging;

        // What the first one sent is settled; the rest is the other's, whose claim stands.
        var batch = await scene.Mta.Get<BatchClaims>().ReadAsync(scene.Partition, order.BatchId, TestContext.Current.CancellationToken);
        Assert.Equal((96 - InFlight, other.Batch!.ClaimedBy, other.Batch.ClaimedUntil), (batch!.OpenCount, batch.ClaimedBy, batch.ClaimedUntil));
        Assert.Equal((InFlight, 0), (scene.Taken, scene.Repeats));
        Assert.Equal(InFlight, (await scene.CountersAsync()).Delivered);
        Assert.Equal(0, await scene.QueuedAsync());
    }
}
