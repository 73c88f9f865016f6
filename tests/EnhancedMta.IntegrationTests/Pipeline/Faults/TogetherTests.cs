using EnhancedMta.Batches;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>Small batches of a partition that came due together: one queue message, one claim, and whatever may happen to any of them.</summary>
public sealed class TogetherTests(AzuriteFixture azurite)
{
    private const int Batches = 5;
    private const int Each = 6;
    private static readonly RecipientRule Busy = new("once busy", new SinkReply(451, "4.3.2", "Not now")) { Prefix = "later", Tries = 1 };

    [Fact]
    public async Task They_come_by_one_queue_message_and_no_batch_row_is_read_or_written_alone()
    {
        await using var scene = await DueAsync();
        var seen = new Requests();
        await scene.NewInstance(seen).RelayBatchAsync(await scene.TakeOrderAsync());
        Assert.DoesNotContain(seen.All, r => r.Contains("RowKey='b~", StringComparison.Ordinal));
        // A claim; and each settled alone at most.
        Assert.InRange(seen.All.Count(r => r.EndsWith("$batch", StringComparison.Ordinal)), 2, 1 + Batches);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task One_that_another_worker_has_is_left_to_it_and_looked_at_again_when_its_claim_is_over()
    {
        await using var scene = await DueAsync();
        var order = await scene.TakeOrderAsync();
        var third = BatchOrder.Parse(order).Each()[2];
        Assert.True((await scene.Mta.Get<BatchClaims>().ClaimAsync(third, TestContext.Current.CancellationToken)).IsOurs);
        await scene.Mta.RelayBatchAsync(order);
        Assert.Equal((Batches - 1) * Each, scene.Taken);
        // It dies.
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.Mta.RelayBatchAsync(third.ToJson());
        await AssertFinishedAsync(scene, possibleRepeats: Each);
    }

    [Fact]
    public async Task One_that_is_complete_already_does_not_keep_the_others_back()
    {
        await using var scene = await DueAsync();
        var order = await scene.TakeOrderAsync();
        await scene.Mta.RelayBatchAsync(BatchOrder.Parse(order).Each()[0].ToJson());
        await scene.Mta.RelayBatchAsync(order);
        // The host gives a message twice now and then.
        await scene.Mta.RelayBatchAsync(order);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task Two_workers_with_the_same_order_send_each_message_once()
    {
        await using var scene = await DueAsync();
        var order = await scene.TakeOrderAsync();
        await Task.WhenAll(scene.Mta.RelayBatchAsync(order), scene.NewInstance().RelayBatchAsync(order), scene.NewInstance().RelayBatchAsync(order));
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Theory]
    [InlineData("/packs/")]
    [InlineData("$batch")]
    public async Task A_worker_that_dies_with_all_of_them_claimed_or_sent_loses_none(string before)
    {
        await using var scene = await DueAsync();
        var order = await scene.TakeOrderAsync();
        var dying = scene.NewInstance();
        var claims = 0;
        // Before it has any content; or with all that was sent, before the first settlement.
        dying.Faults.DiesBefore = r => r.Uri.Path.Contains(before, StringComparison.Ordinal) && (before != "$batch" || ++claims > 1);
        await Assert.ThrowsAnyAsync<Exception>(() => dying.RelayBatchAsync(order));
        Assert.True(dying.Faults.IsDead);
        Assert.Equal(Batches, await scene.OpenBatchesAsync());

        await scene.Mta.RelayBatchAsync(order);
        Assert.Equal(Batches, await scene.OpenBatchesAsync());
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        await scene.Mta.RelayBatchAsync(order);
        await AssertFinishedAsync(scene, possibleRepeats: Batches * Each);
    }

    [Fact]
    public async Task A_claim_whose_answer_is_lost_is_a_claim()
    {
        await using var scene = await DueAsync();
        var loss = new LostAnswer();
        await scene.NewInstance(loss).RelayBatchAsync(await scene.TakeOrderAsync());
        Assert.True(loss.IsDone);
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    [Fact]
    public async Task A_queue_message_that_was_never_sent_leaves_none_of_them_behind()
    {
        await using var scene = await WaitingAsync();
        var dying = scene.NewInstance();
        dying.Faults.DiesBefore = Scene.IsQueueing;
        await Assert.ThrowsAnyAsync<Exception>(dying.QueueDueRetriesAsync);
        Assert.Equal(0, await scene.QueuedAsync());
        Assert.Equal(Batches, await scene.Mta.QueueDueRetriesAsync());
        await scene.WorkAsync();
        await AssertFinishedAsync(scene, possibleRepeats: 0);
    }

    private async Task<Scene> DueAsync()
    {
        var scene = await WaitingAsync();
        Assert.Equal(Batches, await scene.Mta.QueueDueRetriesAsync());
        Assert.Equal(1, await scene.QueuedAsync());
        return scene;
    }

    /// <summary>Each was tried once; all are due.</summary>
    private async Task<Scene> WaitingAsync()
    {
        var scene = await Scene.StartAsync(azurite, Busy);
        for (var batch = 0; batch < Batches; batch++)
            await scene.RelayAsync(scene.Mta, Enumerable.Range(0, Each).Select(n => $"later{batch}-{n}"));
        await scene.WorkAsync();
        Assert.Equal((0, Batches), (scene.Taken, await scene.OpenBatchesAsync()));
        scene.Clock.Advance(TimeSpan.FromHours(3));
        return scene;
    }

    private static async Task AssertFinishedAsync(Scene scene, int possibleRepeats)
    {
        Assert.Equal(0, await scene.OpenBatchesAsync());
        var counters = await scene.CountersAsync();
        Assert.Equal((Batches * Each, possibleRepeats), (counters.Delivered, counters.PossibleRepeats));
        Assert.InRange(scene.Repeats, 0, possibleRepeats);
    }
}
