using Azure.Data.Tables;
using EnhancedMta.Copies;
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
    public static async Task<Counters> CountAsync(TableClient log, LogPartition partition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        var counters = new Counters();
        var rows = log.QueryAsync<TableEntity>(LogKeys.RangeFilter(partition.Key, LogKeys.MessagePrefix), cancellationToken: cancellationToken);
        await foreach (var row in rows.ConfigureAwait(false))
            Add(counters, MessageRow.Read(row));
        return counters;
    }

    private static void Add(Counters counters, MessageRow message)
    {
        counters.Relayed++;
        counters.RelayedBytes += message.Bytes;
        if (message.Attempts > 1)
            counters.Retried += message.Attempts - 1;
        if (message.SoftBounced)
            counters.SoftBounced++;
        if (message.Complained)
            counters.Complaints++;
        counters.CopiesSent += message.Copy == CopyState.Sent ? 1 : 0;
        counters.CopiesFailed += message.Copy == CopyState.Failed ? 1 : 0;
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
