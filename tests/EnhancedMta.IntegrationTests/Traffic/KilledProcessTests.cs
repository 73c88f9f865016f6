using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.Traffic;

namespace EnhancedMta.IntegrationTests.Traffic;

/// <summary>A process that dies takes its last minutes along; they are found in the log again.</summary>
public sealed class KilledProcessTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task What_a_killed_process_never_told_is_told_by_whoever_sweeps_its_partitions()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var killed = scene.NewInstance();
        await scene.RelayAsync(killed, Scene.Ids(40));
        await killed.RelayBatchAsync(await scene.TakeOrderAsync());
        // It told of half of what it did, and not of the rest.
        await killed.Get<TrafficKeeping>().WriteAsync(TestContext.Current.CancellationToken);
        await scene.RelayAsync(killed, Scene.Ids(100).Skip(40));
        await killed.RelayBatchAsync(await scene.TakeOrderAsync());
        killed.Faults.DiesBefore = _ => true;
        await Assert.ThrowsAnyAsync<Exception>(() => killed.Get<TrafficKeeping>().WriteAsync(TestContext.Current.CancellationToken));

        Assert.InRange((await SeriesAsync(scene)).Totals.Delivered, 0, 99);
        // The guards that were written before the batches are followed, long after all is settled.
        scene.Clock.Advance(TimeSpan.FromMinutes(7));
        await scene.Mta.SweepAsync();
        var series = await SeriesAsync(scene);
        Assert.Equal((100, 100), (series.Totals.Relayed, series.Totals.Delivered));

        // Twice changes nothing, whoever does it.
        await scene.NewInstance().Get<TrafficRecovery>().LookAsync(scene.Partition, scene.Clock.GetUtcNow(), TestContext.Current.CancellationToken);
        Assert.Equal(series.Totals, (await SeriesAsync(scene)).Totals);
    }

    private static Task<TrafficSeries> SeriesAsync(Scene scene) =>
        scene.Mta.Get<TrafficReader>().OfInstanceAsync(TrafficWindow.Find("1h")!, TestContext.Current.CancellationToken);
}
