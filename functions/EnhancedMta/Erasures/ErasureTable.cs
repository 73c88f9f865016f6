using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Erasures;

/// <summary>Erasures, changed by ETag: of two workers one goes on.</summary>
public sealed class ErasureTable(TableClient table, TimeProvider clock)
{
    /// <summary>Begins one, or gives the one that runs for the same address.</summary>
    public async Task<Erasure> BeginAsync(string address, CancellationToken cancellationToken)
    {
        await foreach (var open in OpenAsync(cancellationToken).ConfigureAwait(false))
        {
            if (string.Equals(open.Address, address, StringComparison.OrdinalIgnoreCase))
                return open;
        }

        var now = clock.GetUtcNow();
        var erasure = new Erasure { Id = Guid.CreateVersion7(now).ToString("N"), Address = address, Begun = now };
        var answer = await table.AddEntityAsync(erasure.ToRow(), cancellationToken).ConfigureAwait(false);
        return erasure with { ETag = answer.Headers.ETag!.Value };
    }

    /// <returns>Null when there is none.</returns>
    public async Task<Erasure?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Erasure.Partition, id, null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? Erasure.Read(row.Value!) : null;
    }

    /// <summary>All that are not done.</summary>
    public IAsyncEnumerable<Erasure> OpenAsync(CancellationToken cancellationToken) =>
        table.QueryAsync<TableEntity>($"PartitionKey eq '{Erasure.Partition}' and Status ne '{ErasureStatus.Done}'", cancellationToken: cancellationToken).Select(Erasure.Read);

    /// <returns>Null when somebody else goes on with it.</returns>
    internal async Task<Erasure?> WriteAsync(Erasure erasure, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await table.UpdateEntityAsync(erasure.ToRow(), erasure.ETag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return erasure with { ETag = answer.Headers.ETag!.Value };
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return null;
        }
    }
}
