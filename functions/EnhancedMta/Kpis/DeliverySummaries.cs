using EnhancedMta.Deliveries;
using EnhancedMta.Kpis.Domains;

namespace EnhancedMta.Kpis;

/// <summary>Reads Summaries: the counters row of each partition and one row of domains, whatever the number of messages.</summary>
public sealed class DeliverySummaries(DeliveryKpis kpis, DomainRollUps domains, TimeProvider clock)
{
    /// <summary>Domains that were counted so short a time ago are not counted anew for a page that is looked at all the time.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    /// <summary>Nor while that would keep storage busy for more than a twentieth of the time.</summary>
    private const int Rest = 20;

    /// <summary>What a reader waits for domains to be counted; what is still missing then says so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Totals alone: for lists.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<Summary> TotalsAsync(Delivery delivery, CancellationToken cancellationToken) =>
        Summary.Of(delivery, await kpis.CountersAsync(delivery, cancellationToken).ConfigureAwait(false));

    /// <summary>With all breakdowns.</summary>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<Summary> ReadAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var ranking = await domains.ReadAsync(delivery.Id, cancellationToken).ConfigureAwait(false);
        var (counters, upTo) = await kpis.StateAsync(delivery, cancellationToken).ConfigureAwait(false);
        if (ranking?.UpTo.Covers(upTo) is not true && (ranking is null || clock.GetUtcNow() - ranking.Time >= Pause(ranking)))
            ranking = await domains.BringUpToDateAsync(delivery, Patience, cancellationToken).ConfigureAwait(false);
        var isExact = ranking?.UpTo.Covers(upTo) ?? upTo.Equals(FeedCursor.None);
        return Summary.Of(delivery, counters).With(counters, ranking, isExact ? null : ranking?.Time ?? delivery.Declared);
    }

    private static TimeSpan Pause(DomainRanking ranking) => ranking.Took * Rest is var rest && rest > Recent ? rest : Recent;
}
