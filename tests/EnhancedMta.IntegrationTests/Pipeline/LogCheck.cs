using System.Globalization;
using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.SendingLog;
using EnhancedMta.Storage;

namespace EnhancedMta.IntegrationTests.Pipeline;

/// <summary>Looks at the sending log itself, past any process that may be running.</summary>
internal static class LogCheck
{
    /// <summary>The invariant: counters equal a recount of the rows, in every partition, with all that they are broken down by; and so do domains once they are added up.</summary>
    /// <returns>The delivery's counters.</returns>
    public static async Task<Counters> CountersEqualRecountAsync(StorageAccount storage, string deliveryId)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var delivery = await new DeliveryStore(storage.Deliveries, TimeProvider.System).FindAsync(deliveryId, cancellationToken);
        var (sum, domains) = (new Counters(), new DomainTallies());
        foreach (var partition in delivery!.Partitions)
        {
            var counted = (await PartitionState.LoadAsync(storage.Log, partition, cancellationToken)).Counters;
            var (recounted, byDomain) = await Recount.CountAllAsync(storage.Log, partition, cancellationToken);
            // Of a delivery of weeks either may have folded hours into days at another time.
            recounted.Breakdown.TimeLine.FoldLike(counted.Breakdown.TimeLine);
            counted.Breakdown.TimeLine.FoldLike(recounted.Breakdown.TimeLine);
            Assert.True(Text(recounted) == Text(counted), $"Recounted:\n{Text(recounted)}\n\nCounted:\n{Text(counted)}");
            sum.Add(counted);
            foreach (var (domain, tally) in byDomain.Domains)
                domains.Add(domain, null, tally.Counts);
        }

        var rollUps = new DomainRollUps(storage.Kpis, storage.Log, TimeProvider.System);
        await rollUps.BringUpToDateAsync(delivery, TimeSpan.FromMinutes(1), cancellationToken);
        Assert.Equal(Text(domains.Domains), Text(await rollUps.AllAsync(deliveryId, cancellationToken)));
        return sum;
    }

    /// <summary>All but possible repeats, which no row tells.</summary>
    public static string Text(Counters c) =>
        $"relayed {c.Relayed} ({c.RelayedBytes} octets), delivered {c.Delivered}, failed {c.Failed} ({string.Join(", ", c.FailedByReason)}), expired {c.Expired}, soft {c.SoftBounced}, retried {c.Retried}, waiting {c.Waiting}, complaints {c.Complaints}\n"
        + Text(c.Breakdown);

    public static string Text(Breakdown b) => string.Join('\n', [
        .. b.Providers.Select(p => $"{p.Key}: {p.Value}"),
        .. b.TimeLine.Hours.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.Hour:u}: {h.Counts}")),
        .. b.TimeLine.Days.Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Day:d}: {d.Counts}")),
        $"earlier: {b.TimeLine.Earlier}",
        $"latencies: {string.Join(' ', b.TimeToDeliver.Buckets)}"]);

    public static string Text(IEnumerable<KeyValuePair<string, DomainTally>> domains) =>
        string.Join('\n', domains.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key}: {d.Value.Counts}"));
}
