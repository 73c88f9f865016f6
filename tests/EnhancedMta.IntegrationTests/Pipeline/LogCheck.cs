using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>Looks at the sending log itself, past any process that may be running.</summary>
internal static class LogCheck
{
    /// <summary>The invariant: counters equal a recount of the rows, in every partition.</summary>
    /// <returns>The delivery's counters.</returns>
    public static async Task<Counters> CountersEqualRecountAsync(StorageAccount storage, string deliveryId)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var delivery = await new DeliveryStore(storage.Deliveries, TimeProvider.System).FindAsync(deliveryId, cancellationToken);
        var ledger = new LogLedger(storage.Log, TimeProvider.System);
        var sum = new Counters();
        foreach (var partition in delivery!.Partitions)
        {
            var counted = await ledger.ReadCountersAsync(partition, cancellationToken);
            var recounted = await Recount.CountAsync(storage.Log, partition, cancellationToken);
            Assert.Equal(Text(recounted), Text(counted));
            sum.Add(counted);
        }

        return sum;
    }

    /// <summary>All but possible repeats, which no row tells.</summary>
    public static string Text(Counters c) =>
        $"relayed {c.Relayed} ({c.RelayedBytes} octets), delivered {c.Delivered}, failed {c.Failed} ({string.Join(", ", c.FailedByReason)}), expired {c.Expired}, soft {c.SoftBounced}, retried {c.Retried}, waiting {c.Waiting}, copies {c.CopiesSent} and {c.CopiesFailed} failed";
}
