using System.Text.Json;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.Dkim;

/// <summary>What is known of the domains' selectors: one row for each domain, so that a rotation's step is one write.</summary>
internal sealed class DomainStates(TableClient table)
{
    private const string Partition = "dkim";
    private const string Selectors = "Selectors";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, DomainState>> AllAsync(CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, DomainState>(StringComparer.Ordinal);
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken).ConfigureAwait(false))
            states[row.RowKey] = Read(row);
        return states;
    }

    /// <summary>Writes the state, unless somebody else was faster.</summary>
    /// <param name="state">The new state, with the tag of the one that it was made from.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>False when the state is another one meanwhile.</returns>
    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<bool> SaveAsync(DomainState state, CancellationToken cancellationToken)
    {
        var row = new TableEntity(Partition, state.Domain) { [Selectors] = JsonSerializer.Serialize(state.Selectors, Json) };
        try
        {
            if (state.Tag == default)
                await table.AddEntityAsync(row, cancellationToken).ConfigureAwait(false);
            else
                await table.UpdateEntityAsync(row, state.Tag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return true;
        }
        // Ours may be the one that is there: an answer was lost, and the client tried again. The next look will show.
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>Forgets a domain, unless somebody else was faster.</summary>
    /// <exception cref="RequestFailedException">Storage does not answer.</exception>
    public async Task<bool> RemoveAsync(DomainState state, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(Partition, state.Domain, state.Tag, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    private static DomainState Read(TableEntity row) =>
        new(row.RowKey, JsonSerializer.Deserialize<List<SelectorState>>(row.GetString(Selectors) ?? "[]", Json) ?? []) { Tag = row.ETag };
}
