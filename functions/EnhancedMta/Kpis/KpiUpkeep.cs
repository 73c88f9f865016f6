using EnhancedMta.Deliveries;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.Schedule;
using EnhancedMta.SendingLog;
using EnhancedMta.Traffic;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Kpis;

/// <summary>
/// What KPIs need done now and then: throughput that a process died with is told, and domains are added up before anybody asks for them. The
/// sweeper comes to each partition that changed; a partition that cannot be done now is done the next time.
/// </summary>
public sealed partial class KpiUpkeep(TrafficRecovery traffic, DeliveryStore deliveries, DomainRollUps domains, ILogger<KpiUpkeep> logger)
{
    private static readonly TimeSpan PerDelivery = TimeSpan.FromSeconds(20);

    /// <param name="guards">Pointers to the partitions.</param>
    /// <param name="cancellationToken">Ends it; the pointers stay.</param>
    /// <returns>Partitions that somebody should look after again.</returns>
    public async Task<IReadOnlyList<LogPartition>> LookAfterAsync(IReadOnlyList<SchedulePointer> guards, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(guards);
        var late = new List<LogPartition>();
        foreach (var delivery in guards.GroupBy(g => g.Partition.DeliveryId))
        {
            try
            {
                await LookAfterAsync(delivery.Key, [.. delivery], cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Mail goes before statistics: sweeping goes on.
                LogLate(e, delivery.Key);
                late.AddRange(delivery.Select(g => g.Partition).Distinct());
            }
        }

        return late;
    }

    private async Task LookAfterAsync(string deliveryId, IReadOnlyList<SchedulePointer> guards, CancellationToken cancellationToken)
    {
        var newest = new Dictionary<int, long>();
        foreach (var partition in guards.GroupBy(g => g.Partition))
            newest[partition.Key.Shard] = await traffic.LookAsync(partition.Key, partition.Min(g => g.Minute), cancellationToken).ConfigureAwait(false);
        var known = await domains.ReadAsync(deliveryId, cancellationToken).ConfigureAwait(false);
        if (newest.All(n => n.Value <= (known?.UpTo[n.Key] ?? 0)))
            return;
        if (await deliveries.FindAsync(deliveryId, cancellationToken).ConfigureAwait(false) is { } delivery)
            await domains.BringUpToDateAsync(delivery, PerDelivery, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The KPIs of delivery {Delivery} could not be looked after; somebody will in a few minutes.")]
    private partial void LogLate(Exception exception, string delivery);
}
