using Azure.Data.Tables;
using EnhancedMta.Egresses;
using EnhancedMta.Incidents;
using EnhancedMta.MessageIds;
using EnhancedMta.Paths;
using EnhancedMta.Storage;
using EnhancedMta.Traffic;
using EnhancedMta.WarmUp;

namespace EnhancedMta.Retention;

/// <summary>
/// Purges the small tables. TLS policies, TLS counts and the rows that say which process lives are not among them: whoever reads those clears them away.
/// </summary>
internal sealed class StateRetention(StorageAccount storage, IReadOnlyList<Egress> egresses, RetentionOptions options, TimeProvider clock)
{
    private static readonly string[] Keys = ["PartitionKey", "RowKey"];

    /// <returns>False when time ran out first.</returns>
    public async Task<bool> PurgeAsync(TimeBox box, CancellationToken cancellationToken)
    {
        foreach (var (table, kind, rows) in Old(cancellationToken))
        {
            if (!await RowRemoval.RemoveAsync(table, kind, rows, box, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    private IEnumerable<(TableClient Table, string Kind, IAsyncEnumerable<TableEntity> Rows)> Old(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.State;
        yield return (storage.Requests, "request", Query(storage.Requests, TableClient.CreateQueryFilter($"Begun lt {clock.GetUtcNow() - options.Requests}"), Keys));
        yield return (storage.MessageIds, "message-id", Query(storage.MessageIds, MessageIdIndex.FilterBefore(clock.GetUtcNow()), Keys));
        yield return (storage.Incidents, "incident", Query(storage.Incidents, IncidentLog.FilterBefore(before), Keys));
        for (var partition = 0; partition < PathId.Partitions; partition++)
        {
            yield return (storage.Paths, "path-move", Query(storage.Paths, MoveRow.Filter(partition), Keys).Where(row => MoveRow.TimeOf(row) < before));
            // A path that works changes its row; one that does not, and has no leases, holds nothing that anybody waits for.
            yield return (storage.Paths, "path", Query(storage.Paths, $"{PathId.Filter(partition)} and {TableClient.CreateQueryFilter($"Changed lt {before}")}", Keys));
        }

        yield return (storage.Traffic, "traffic", Query(storage.Traffic, TrafficTable.FilterBefore(clock.GetUtcNow() - options.Log), Keys));
        var known = egresses.Select(e => e.PublicId).ToHashSet();
        yield return (storage.WarmUp, "warm-up", Query(storage.WarmUp, WarmUpTable.FilterBefore(before), Keys).Where(row => !known.Contains(WarmUpTable.EgressOf(row))));

        IAsyncEnumerable<TableEntity> Query(TableClient table, string filter, string[] select) => table.QueryAsync<TableEntity>(filter, select: select, cancellationToken: cancellationToken);
    }
}
