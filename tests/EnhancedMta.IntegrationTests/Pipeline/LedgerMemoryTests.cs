using System.Runtime.CompilerServices;
using EnhancedMta.IntegrationTests.Pipeline.Faults;
using EnhancedMta.SendingLog;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>The ledger knows thousands of partitions at a time, so what it keeps of each must be little.</summary>
public sealed class LedgerMemoryTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task What_is_committed_is_not_kept()
    {
        await using var scene = await Scene.StartAsync(azurite);
        var ledger = scene.Mta.Get<LogLedger>();
        var change = await CommitAsync(ledger, scene.Partition);
        // Another one, so that none stands in a field as the last.
        await CommitAsync(ledger, scene.Partition);

        // A moment ago a thread of the pool may still have had it at hand.
        for (var tries = 0; change.IsAlive && tries < 50; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        GC.Collect();
        Assert.False(change.IsAlive, "The ledger holds a change, with all its rows, that it has committed.");
        GC.KeepAlive(ledger);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> CommitAsync(LogLedger ledger, LogPartition partition)
    {
        var change = new LogChange();
        change.Counters.PossibleRepeats = 1;
        Assert.Equal(CommitStatus.Committed, (await ledger.CommitAsync(partition, change, TestContext.Current.CancellationToken)).Status);
        return new WeakReference(change);
    }
}
