using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Explain;

/// <summary>What still waits of a delivery, by path, and when it will have gone.</summary>
/// <param name="Waiting">Messages that wait, all told.</param>
/// <param name="Paths">Those that wait for a path's limits.</param>
/// <param name="Finish">When the last of these has gone, as far as plans tell; null when none waits for limits.</param>
/// <param name="Says">The whole in sentences.</param>
public sealed record DeliveryForecast(long Waiting, IReadOnlyList<PathForecast> Paths, DateTimeOffset? Finish, IReadOnlyList<string> Says);

/// <summary>Reads forecasts off the plans in the rows of paths: a few operations, whatever the size of the delivery.</summary>
public sealed class DeliveryForecasts(PathOperations paths, DeliveryKpis kpis, TimeProvider clock)
{
    /// <summary>The pace of a delivery is that of its last minutes.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMinutes(3);

    /// <summary>
    /// When the last message will have been tried: those that wait for limits as these have planned, those in line for their first attempt at
    /// the pace of the last minutes. Retries after soft bounces are not foreseen.
    /// </summary>
    /// <returns>Null when nothing is to be tried, or nothing can be told.</returns>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<DateTimeOffset?> FinishAsync(Delivery delivery, Summary summary, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(summary);
        var planned = summary.WaitingForRetry == 0 ? null : Finish(await PathsAsync(delivery, cancellationToken).ConfigureAwait(false));
        if (summary.Queued == 0)
            return planned;
        var now = clock.GetUtcNow();
        var minutes = await kpis.ThroughputAsync(delivery, now - Pace, cancellationToken).ConfigureAwait(false);
        var tried = minutes.Sum(m => m.Delivered + m.Failed + m.Deferred);
        if (tried == 0)
            return planned;
        var perSecond = tried / Math.Max(1, (now - minutes[0].Minute).TotalSeconds);
        var first = now + TimeSpan.FromSeconds(Math.Min(summary.Queued / perSecond, delivery.Validity.TotalSeconds));
        return planned > first ? planned : first;
    }

    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<DeliveryForecast> OfAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var counters = await kpis.CountersAsync(delivery, cancellationToken).ConfigureAwait(false);
        var found = await PathsAsync(delivery, cancellationToken).ConfigureAwait(false);
        var finish = Finish(found);
        List<string> says = [counters.Waiting == 0 ? "Nothing waits." : $"{counters.Waiting} messages wait."];
        says.AddRange(found.Select(p => $"{(p.Planned is { } planned ? $"{planned} of them go" : "Some of them go")} to {p.Site} until {p.Finish:u}{(p.Binds is { } binds ? $" ({binds})" : "")}."));
        if (counters.Waiting > found.Sum(p => p.Planned ?? 0))
            says.Add("The others wait for a retry of their own after a soft bounce; each message tells its next attempt.");
        return new DeliveryForecast(counters.Waiting, found, finish, says);
    }

    private Task<IReadOnlyList<PathForecast>> PathsAsync(Delivery delivery, CancellationToken cancellationToken) =>
        paths.ForecastAsync(Party.Of(delivery.Id, isUrgent: delivery.Lane == Batches.Lane.Transactional), cancellationToken);

    private static DateTimeOffset? Finish(IReadOnlyList<PathForecast> paths) => paths.Count == 0 ? null : paths.Max(p => p.Finish);
}
