using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Retention;

/// <summary>Deletes rows in transactions of a hundred, each row as it was read: one that changed meanwhile stays, and is looked at again another day.</summary>
internal static class RowRemoval
{
    private const int MaxActions = 100;

    /// <param name="table">Whose rows.</param>
    /// <param name="kind">For the metric.</param>
    /// <param name="rows">In the order of their keys.</param>
    /// <param name="box">Ends the run between two transactions.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>False when time ran out first.</returns>
    /// <exception cref="RequestFailedException">Storage failed; what was deleted is deleted, and the rest is found again.</exception>
    public static async Task<bool> RemoveAsync(TableClient table, string kind, IAsyncEnumerable<TableEntity> rows, TimeBox box, CancellationToken cancellationToken)
    {
        var chunk = new List<TableEntity>(MaxActions);
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (chunk.Count == MaxActions || (chunk.Count > 0 && chunk[0].PartitionKey != row.PartitionKey))
            {
                await RemoveAsync(table, kind, chunk, cancellationToken).ConfigureAwait(false);
                chunk.Clear();
                if (box.IsOver)
                    return false;
            }

            chunk.Add(row);
        }

        // Done is done, however long the search took: else a large table would be searched for ever.
        await RemoveAsync(table, kind, chunk, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static async Task RemoveAsync(TableClient table, string kind, List<TableEntity> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        try
        {
            await table.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)), cancellationToken).ConfigureAwait(false);
            RetentionMetrics.Count(kind, rows.Count);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // One of them was changed or is gone; a lost answer looks the same.
            foreach (var row in rows)
                await RemoveAsync(table, kind, row, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task RemoveAsync(TableClient table, string kind, TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await table.DeleteEntityAsync(row, row.ETag, cancellationToken).ConfigureAwait(false);
            RetentionMetrics.Count(kind, answer.Status == 404 ? 0 : 1);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // It lives.
        }
    }
}
