using EnhancedMta.Batches;
using EnhancedMta.Copies;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;
using EnhancedMta.Retries;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>The window bounds what a killed worker can repeat: only what holds a place in it gives one back.</summary>
public sealed class WindowTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_message_that_fails_without_being_handed_over_frees_no_place_of_one_that_was()
    {
        await using var scene = await Scene.StartAsync(azurite);
        await scene.RelayAsync(scene.Mta, Scene.Ids(4));
        var claim = await scene.Mta.Get<BatchClaims>().ClaimAsync(BatchOrder.Parse(await scene.TakeOrderAsync()), TestContext.Current.CancellationToken);
        using var pack = await scene.Mta.Get<PackStore>().ReadAsync(claim.Batch!.Pack, TestContext.Current.CancellationToken);
        RelayItem Item(int slot) => RelayItem.Fresh(slot, pack!.Header.Items[slot]);

        using var settler = new BatchSettler(
            claim.Batch, scene.Mta.Get<LogLedger>(), scene.Mta.Get<BatchClaims>(), scene.Mta.Get<WaitingBatches>(), scene.Mta.Get<BatchQueue>(), scene.Clock,
            new BatchOptions { InFlight = 2 }, scene.Mta.Get<CopyOptions>(), NullLogger.Instance);
        var rules = new OutcomeRules(scene.Mta.Get<IQualifier>(), new RetryPlan(), scene.Clock);
        var work = new TaskCompletionSource();
        var run = settler.RunAsync(work.Task);

        // Two are being handed over, which takes long; one expired before its turn came.
        await settler.Window.WaitAsync(TestContext.Current.CancellationToken);
        await settler.Window.WaitAsync(TestContext.Current.CancellationToken);
        settler.AddWithoutPlace(rules.Expired(Item(0)));
        await Eventually.IsTrueAsync(() => run.IsFaulted || settler.Counts.ContainsKey("expired"), "the expired one is settled while the others are under way");

        // Those under way give their own places back.
        settler.Add(new Outcome { Item = Item(1), State = MessageState.Delivered, CountsAttempt = true });
        await Eventually.IsTrueAsync(() => run.IsFaulted || settler.Counts.ContainsKey("delivered"), "one is settled");

        // What is settled at the end frees none: nobody waits any more.
        settler.Add(new Outcome { Item = Item(2), State = MessageState.Delivered, CountsAttempt = true });
        settler.AddWithoutPlace(rules.Expired(Item(3)));
        work.SetResult();
        await run;
        Assert.Equal((2, 2), (settler.Counts["delivered"], settler.Counts["expired"]));
        Assert.Equal(1, settler.Window.CurrentCount);
        Assert.Equal(0, await scene.OpenBatchesAsync());
    }
}
