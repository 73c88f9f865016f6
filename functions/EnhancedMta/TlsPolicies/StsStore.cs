using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.TlsPolicies;

/// <summary>A policy as it was fetched.</summary>
/// <param name="Domain">Whose it is.</param>
/// <param name="Id">Of the record that announced it.</param>
/// <param name="Policy">What it says.</param>
/// <param name="Fetched">When.</param>
internal sealed record KnownPolicy(string Domain, string Id, StsPolicy Policy, DateTimeOffset Fetched)
{
    public DateTimeOffset Expires => Fetched + Policy.MaxAge;

    /// <summary>Of its row.</summary>
    public ETag ETag { get; init; }
}

/// <summary>
/// Policies that any process fetched, so that a policy holds for its max_age even when processes end and somebody hides its record
/// (RFC 8461 §10.2). A process reads all of them once, and then what is new: a read per domain would cost a request per domain.
/// </summary>
internal sealed class StsStore(TableClient table)
{
    private const string Partition = "sts";

    /// <summary>All that were written since.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task<IReadOnlyList<KnownPolicy>> ReadSinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = new List<KnownPolicy>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and Fetched ge {since}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (Enum.TryParse<StsMode>(row.GetString("Mode"), out var mode))
                found.Add(new(row.RowKey, row.GetString("Id") ?? "", new StsPolicy(mode, (row.GetString("Mx") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), TimeSpan.FromSeconds(row.GetInt32("MaxAge") ?? 0)), row.GetDateTimeOffset("Fetched") ?? default) { ETag = row.ETag });
        }
        return found;
    }

    /// <summary>Removes a policy that has run out, unless it was fetched anew since it was read.</summary>
    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task ForgetAsync(KnownPolicy known, CancellationToken cancellationToken)
    {
        try
        {
            await table.DeleteEntityAsync(Partition, known.Domain, known.ETag, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // Somebody was faster.
        }
    }

    /// <exception cref="RequestFailedException">Storage failed.</exception>
    public async Task WriteAsync(KnownPolicy known, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(
            new TableEntity(Partition, known.Domain)
            {
                ["Id"] = known.Id,
                ["Mode"] = known.Policy.Mode.ToString(),
                ["Mx"] = string.Join(' ', known.Policy.Mx),
                ["MaxAge"] = (int)known.Policy.MaxAge.TotalSeconds,
                ["Fetched"] = known.Fetched,
            },
            TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
}
