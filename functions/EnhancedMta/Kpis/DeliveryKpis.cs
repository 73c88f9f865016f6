using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Kpis;

/// <summary>Adds up what a delivery's partitions count: one small row each, whatever the number of messages.</summary>
public sealed class DeliveryKpis(TableClient log, LogLedger ledger)
{
    public async Task<Counters> CountersAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var sum = new Counters();
        foreach (var counters in await Task.WhenAll(delivery.Partitions.Select(p => ledger.ReadCountersAsync(p, cancellationToken))).ConfigureAwait(false))
            sum.Add(counters);
        return sum;
    }

    public async Task<Summary> SummaryAsync(Delivery delivery, CancellationToken cancellationToken) =>
        Summary.Of(delivery, await CountersAsync(delivery, cancellationToken).ConfigureAwait(false));

    /// <summary>Minute by minute, those without any traffic left out: Campaign → Enhanced MTA, and Enhanced MTA → recipients.</summary>
    /// <param name="delivery">Whose.</param>
    /// <param name="since">The first minute.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<MinuteThroughput>> ThroughputAsync(Delivery delivery, DateTimeOffset since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var partitions = await Task.WhenAll(delivery.Partitions.Select(p => MinutesAsync(p, since, cancellationToken))).ConfigureAwait(false);
        return [.. partitions.SelectMany(m => m).GroupBy(m => m.Minute).OrderBy(g => g.Key).Select(g => g.Aggregate((a, b) => a.Plus(b)))];
    }

    private async Task<List<MinuteThroughput>> MinutesAsync(LogPartition partition, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var minutes = new List<MinuteThroughput>();
        var from = string.Create(CultureInfo.InvariantCulture, $"{LogKeys.RangeFilter(partition.Key, LogKeys.MinutePrefix)} and RowKey ge '{LogKeys.Minute(since)}'");
        await foreach (var row in log.QueryAsync<TableEntity>(from, cancellationToken: cancellationToken).ConfigureAwait(false))
            minutes.Add(MinuteThroughput.Read(row));
        return minutes;
    }
}
