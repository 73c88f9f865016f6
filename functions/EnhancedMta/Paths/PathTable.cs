using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Paths;

/// <summary>The rows of paths.</summary>
internal sealed class PathTable(TableClient table)
{
    /// <returns>A new row when there is none.</returns>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<PathRow> ReadAsync(PathId id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(id.PartitionKey, id.RowKey, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? PathRow.Read(row.Value!) : new PathRow { Id = id };
    }

    /// <summary>Writes a changed row, with what tells of the change, in one transaction.</summary>
    /// <returns>The row with its new ETag; null when another process changed it since it was read.</returns>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<PathRow?> WriteAsync(PathRow row, IReadOnlyList<TableEntity> moves, CancellationToken cancellationToken)
    {
        try
        {
            if (moves.Count > 0)
            {
                List<TableTransactionAction> actions =
                [
                    row.IsNew ? new(TableTransactionActionType.Add, row.ToEntity()) : new(TableTransactionActionType.UpdateReplace, row.ToEntity(), row.ETag),
                    .. moves.Select(move => new TableTransactionAction(TableTransactionActionType.UpsertReplace, move)),
                ];
                var answers = await table.SubmitTransactionAsync(actions, cancellationToken).ConfigureAwait(false);
                return row with { ETag = answers.Value[0].Headers.ETag!.Value };
            }

            var answer = row.IsNew
                ? await table.AddEntityAsync(row.ToEntity(), cancellationToken).ConfigureAwait(false)
                : await table.UpdateEntityAsync(row.ToEntity(), row.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return row with { ETag = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            return null;
        }
    }

    /// <summary>What changed a path's limits, the newest first.</summary>
    public async Task<IReadOnlyList<PathMove>> MovesAsync(PathId id, int limit, CancellationToken cancellationToken)
    {
        var moves = new List<PathMove>();
        await foreach (var row in table.QueryAsync<TableEntity>(MoveRow.Filter(id), limit, cancellationToken: cancellationToken).Take(limit).ConfigureAwait(false))
        {
            if (MoveRow.Read(row) is { } move)
                moves.Add(move);
        }

        return moves;
    }

    /// <summary>How many paths there are of each mode: a request for each thousand.</summary>
    public async Task<IReadOnlyDictionary<PathMode, long>> ModesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var modes = new Dictionary<PathMode, long>();
        await foreach (var row in table.QueryAsync<TableEntity>(PathId.Filter(), select: [nameof(PathRow.Control)], cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var mode = (PathControl.Read(row.GetString(nameof(PathRow.Control))) ?? PathControl.Initial).ModeAt(now);
            modes[mode] = modes.GetValueOrDefault(mode) + 1;
        }

        return modes;
    }

    /// <summary>All paths that were ever used.</summary>
    public async IAsyncEnumerable<PathRow> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var partition = 0; partition < PathId.Partitions; partition++)
        {
            await foreach (var row in table.QueryAsync<TableEntity>(PathId.Filter(partition), cancellationToken: cancellationToken).ConfigureAwait(false))
                yield return PathRow.Read(row);
        }
    }
}
