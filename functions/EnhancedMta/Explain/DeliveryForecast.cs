using EnhancedMta.Deliveries;
using EnhancedMta.Kpis;
using EnhancedMta.Paths;
using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Explain;

/// <summary>What still waits of a delivery, by path, and when it will have gone.</summary>
/// <param name="Waiting">Messages that wait, all told.</param>
/// <param name="Paths">Those that wait for a path's limits.</param>
/// <param name="Finish">When the last of these has gone, as far as plans tell; null when none waits for limits.</param>
/// <param name="Queued">Messages that are in line for their first attempt: in a queue, or in a process that waits for a connection.</param>
/// <param name="HeldBack">While there are such, every path that something holds back: which of them they go by is not known before they are looked at.</param>
/// <param name="Says">The whole in sentences.</param>
public sealed record DeliveryForecast(
    long Waiting, IReadOnlyList<PathForecast> Paths, DateTimeOffset? Finish, long Queued, IReadOnlyList<HeldBackPath> HeldBack, IReadOnlyList<string> Says);

/// <param name="Path">Its id.</param>
/// <param name="Egress">For people.</param>
/// <param name="Site">For people.</param>
/// <param name="Binds">What holds it back, for people.</param>
/// <param name="Bounds">All that does.</param>
/// <param name="Line">Processes that wait for a connection, in their order.</param>
public sealed record HeldBackPath(string Path, string Egress, string Site, string Binds, IReadOnlyList<PathBound> Bounds, IReadOnlyList<WaitingProcess> Line);

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
        var queued = counters.Open - counters.Waiting;
        var held = queued == 0 ? [] : (await paths.ListAsync(cancellationToken).ConfigureAwait(false)).Where(p => p.Binds is not null)
            .Select(p => new HeldBackPath(p.Id, p.Egress, p.Site, p.Binds!, p.Bounds, p.Line)).ToList();
        if (queued > 0)
            says.Add($"{queued} messages are in line for their first attempt.");
        says.AddRange(held.Select(p => $"Those to {p.Site} are held back ({p.Binds})."));
        return new DeliveryForecast(counters.Waiting, found, finish, queued, held, says);
    }

    private Task<IReadOnlyList<PathForecast>> PathsAsync(Delivery delivery, CancellationToken cancellationToken) =>
        paths.ForecastAsync(Party.Of(delivery.Id, isUrgent: delivery.Lane == Batches.Lane.Transactional), cancellationToken);

    private static DateTimeOffset? Finish(IReadOnlyList<PathForecast> paths) => paths.Count == 0 ? null : paths.Max(p => p.Finish);
}
