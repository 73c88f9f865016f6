using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Kpis;

/// <summary>Counts a delivery's message rows anew. What the counters must equal; used by tests, and by an operator who doubts.</summary>
public static class Recount
{
    /// <param name="log">The sending log.</param>
    /// <param name="partition">Which partition.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>Everything that rows can tell: all but <see cref="Counters.PossibleRepeats"/>, which no row holds.</returns>
    public static async Task<Counters> CountAsync(TableClient log, LogPartition partition, CancellationToken cancellationToken) =>
        (await CountAllAsync(log, partition, cancellationToken).ConfigureAwait(false)).Counters;

    /// <summary>The same, and the messages by recipient domain.</summary>
    public static async Task<(Counters Counters, DomainTallies Domains)> CountAllAsync(TableClient log, LogPartition partition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        var (counters, domains) = (new Counters(), new DomainTallies());
        var rows = log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix), cancellationToken: cancellationToken);
        await foreach (var row in rows.ConfigureAwait(false))
            Add(counters, domains, MessageRow.Read(row));
        return (counters, domains);
    }

    private static void Add(Counters counters, DomainTallies domains, MessageRow message)
    {
        // As it stands, without its deferrals, which have hours of their own.
        counters.Breakdown.Move(null, message.Standing with { Provider = null, Deferrals = 0 }, message.Received);
        foreach (var deferred in message.Deferrals)
            counters.Breakdown.Deferred(deferred);
        if (message.Provider is { } provider)
            counters.Breakdown.AddProvider(provider, message.Standing.Tally);
        domains.Add(message.Domain, message.Provider, message.Standing.Tally);
        counters.Relayed++;
        counters.RelayedBytes += message.Bytes;
        if (message.Attempts > 1)
            counters.Retried += message.Attempts - 1;
        if (message.SoftBounced)
            counters.SoftBounced++;
        if (message.Complained)
            counters.Complaints++;
        switch (message.State)
        {
            case MessageState.Delivered:
                counters.Delivered++;
                break;
            case MessageState.Waiting:
                counters.Waiting++;
                break;
            case MessageState.Bounced:
            case MessageState.Expired:
                counters.Failed++;
                counters.Fail(message.Reason ?? CampaignReason.NotDefined);
                if (message.State == MessageState.Expired)
                    counters.Expired++;
                break;
        }
    }
}
