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
public sealed class DeliveryForecasts(PathOperations paths, DeliveryKpis kpis)
{
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<DeliveryForecast> OfAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var counters = await kpis.CountersAsync(delivery, cancellationToken).ConfigureAwait(false);
        var found = await paths.ForecastAsync(Party.Of(delivery.Id, isUrgent: delivery.Lane == Batches.Lane.Transactional), cancellationToken).ConfigureAwait(false);
        var finish = found.Count == 0 ? (DateTimeOffset?)null : found.Max(p => p.Finish);
        List<string> says = [counters.Waiting == 0 ? "Nothing waits." : $"{counters.Waiting} messages wait."];
        says.AddRange(found.Select(p => $"{(p.Planned is { } planned ? $"{planned} of them go" : "Some of them go")} to {p.Site} until {p.Finish:u}{(p.Binds is { } binds ? $" ({binds})" : "")}."));
        if (counters.Waiting > found.Sum(p => p.Planned ?? 0))
            says.Add("The others wait for a retry of their own after a soft bounce; each message tells its next attempt.");
        return new DeliveryForecast(counters.Waiting, found, finish, says);
    }
}
