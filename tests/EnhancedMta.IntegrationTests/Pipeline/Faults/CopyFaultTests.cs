using EnhancedMta.Batches;
using EnhancedMta.IntegrationTests.Hosting;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>Copies to the archive, and processes that die on the way to them.</summary>
public sealed class CopyFaultTests(AzuriteFixture azurite)
{
    private static readonly int InFlight = new BatchOptions().InFlight;

    [Fact]
    public async Task Copies_that_nobody_queued_are_found_and_each_is_sent_once()
    {
        await using var scene = await StartAsync();
        var calm = scene.NewInstance();
        await scene.RelayAsync(calm, Scene.Ids(40));
        var order = await scene.TakeOrderAsync();
        // The last transaction is made, and with it the batch of the copies; its queue message is not.
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = Scene.IsQueueing;
        await Assert.ThrowsAsync<ProcessDiedException>(() => dying.RelayBatchAsync(order));
        Assert.Equal((40, 0, 1), (scene.Taken, await scene.QueuedAsync(), await scene.OpenBatchesAsync()));

        scene.Clock.Advance(TimeSpan.FromMinutes(7));
        await calm.SweepAsync();
        await calm.RelayBatchAsync(await scene.TakeOrderAsync());
        // Each Message-ID twice: its recipient's, and the archive's.
        Assert.Equal((80, 40, 0), (scene.Taken, scene.Repeats, await scene.OpenBatchesAsync()));
        var counters = await scene.CountersAsync();
        Assert.Equal((40, 40, 0, 0), (counters.Delivered, counters.CopiesSent, counters.CopiesFailed, counters.PossibleRepeats));
    }

    [Fact]
    public async Task A_worker_that_dies_repeats_the_copies_in_flight_and_no_KPI_knows_of_it()
    {
        await using var scene = await StartAsync();
        var calm = scene.NewInstance();
        await scene.RelayAsync(calm, Scene.Ids(60));
        await calm.RelayBatchAsync(await scene.TakeOrderAsync());
        var copies = await scene.TakeOrderAsync();
        // No host looks after the paths here: what the first process holds of them has to lapse.
        scene.Clock.Advance(TimeSpan.FromMinutes(3));
        var gate = new StorageGate(Scene.IsTransaction);
        var worker = scene.NewInstance(gate);
        var work = worker.RelayBatchAsync(copies);
        await Eventually.IsTrueAsync(() => scene.Taken == 60 + InFlight, "the worker has sent a window of copies");
        worker.Faults.DiesBefore = _ => true;
        gate.Open();
        await Assert.ThrowsAsync<ProcessDiedException>(() => work);

        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await calm.RelayBatchAsync(copies);
        Assert.Equal(120 + InFlight, scene.Taken);
        var counters = await scene.CountersAsync();
        Assert.Equal((60, 60, 0), (counters.Delivered, counters.CopiesSent, counters.PossibleRepeats));
    }

    private async Task<Scene> StartAsync()
    {
        var scene = await Scene.StartAsync(azurite);
        scene.Settings["EnhancedMta:BccAddress"] = $"archive@{Scene.Domain}";
        return scene;
    }
}
