using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis.Domains;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Kpis;

/// <summary>Adds up what a delivery's partitions count: one small row each, whatever the number of messages.</summary>
public sealed class DeliveryKpis(TableClient log)
{
    public async Task<Counters> CountersAsync(Delivery delivery, CancellationToken cancellationToken) =>
        (await StateAsync(delivery, cancellationToken).ConfigureAwait(false)).Counters;

    /// <summary>The counters, and the newest feed page of each partition that they count.</summary>
    internal async Task<(Counters Counters, FeedCursor UpTo)> StateAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var sum = new Counters();
        var states = await Task.WhenAll(delivery.Partitions.Select(p => PartitionState.LoadAsync(log, p, cancellationToken))).ConfigureAwait(false);
        foreach (var state in states)
            sum.Add(state.Counters);
        return (sum, FeedCursor.Of(states.Length, shard => states[shard].Sequence));
    }

    /// <summary>Minute by minute, those without any traffic left out: Campaign → Enhanced MTA, and Enhanced MTA → recipients.</summary>
    /// <param name="delivery">Whose.</param>
    /// <param name="since">The first minute.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<MinuteThroughput>> ThroughputAsync(Delivery delivery, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var partitions = await Task.WhenAll(delivery.Partitions.Select(p => MinuteRows.SinceAsync(log, p, since, cancellationToken).ToListAsync(cancellationToken).AsTask())).ConfigureAwait(false);
        return [.. partitions.SelectMany(m => m).GroupBy(m => m.Minute).OrderBy(g => g.Key).Select(g => g.Aggregate((a, b) => a.Plus(b)))];
    }
}
