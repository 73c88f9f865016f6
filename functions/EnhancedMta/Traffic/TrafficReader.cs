using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>Throughput of a delivery, a path or the whole instance.</summary>
public sealed class TrafficReader(TrafficTable table, TrafficKeeping keeping, DeliveryKpis kpis, TimeProvider clock)
{
    /// <summary>Exact: the minutes change with the messages.</summary>
    public async Task<TrafficSeries> OfDeliveryAsync(Delivery delivery, TrafficWindow window, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(window);
        var now = clock.GetUtcNow();
        return TrafficSeries.Of(window, now, await kpis.ThroughputAsync(delivery, window.FirstAt(now), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>All deliveries; what other processes did in the last seconds may be missing.</summary>
    public Task<TrafficSeries> OfInstanceAsync(TrafficWindow window, CancellationToken cancellationToken) =>
        OfHoursAsync(window, hour => table.AllAsync(hour, cancellationToken), cancellationToken);

    /// <summary>The same for a path.</summary>
    public Task<TrafficSeries> OfPathAsync(string path, TrafficWindow window, CancellationToken cancellationToken) =>
        OfHoursAsync(window, hour => table.PathAsync(path, hour, cancellationToken), cancellationToken);

    private async Task<TrafficSeries> OfHoursAsync(TrafficWindow window, Func<DateTimeOffset, Task<IEnumerable<MinuteThroughput>>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(window);
        // Of this process nothing is missing.
        await keeping.WriteAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.GetUtcNow();
        var hours = new List<DateTimeOffset>();
        for (var hour = TrafficBook.HourOf(window.FirstAt(now)); hour <= now; hour = hour.AddHours(1))
            hours.Add(hour);
        var minutes = await Task.WhenAll(hours.Select(read)).ConfigureAwait(false);
        return TrafficSeries.Of(window, now, minutes.SelectMany(m => m));
    }
}
