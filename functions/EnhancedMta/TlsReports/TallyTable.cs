using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure.Data.Tables;

namespace EnhancedMta.TlsReports;

/// <summary>A row of counts that is to be written.</summary>
internal sealed record TallyRow(DateOnly Day, string Domain, string Writing, IReadOnlyList<CountedSessions> Counts);

/// <summary>A domain's sessions of a day.</summary>
/// <param name="Domain">Whose.</param>
/// <param name="Counts">Of all processes.</param>
/// <param name="IsReported">It has its report.</param>
internal sealed record DomainDay(string Domain, IReadOnlyList<CountedSessions> Counts, bool IsReported);

/// <summary>
/// Counts by day. Processes only add rows, so that none waits for another; a row that is written once more, since storage's answer was
/// lost, is the same row.
/// </summary>
internal sealed class TallyTable(TableClient table)
{
    private const string Mark = "!reported";
    // A transaction may have 4 MiB, a property 64 KiB, of two octets a character.
    private const int RowsPerTransaction = 50;
    private const int LongestJson = 30_000;

    /// <exception cref="Azure.RequestFailedException">Storage failed; what was written may be written again.</exception>
    public async Task WriteAsync(IEnumerable<TallyRow> rows, CancellationToken cancellationToken)
    {
        foreach (var day in rows.GroupBy(row => row.Day))
        {
            foreach (var some in day.Chunk(RowsPerTransaction))
            {
                await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, new TableEntity(Partition(row.Day), $"{row.Domain}~{row.Writing}")
                {
                    ["Counts"] = Json(row.Counts),
                })), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A day's domains, one after the other.</summary>
    public async IAsyncEnumerable<DomainDay> ReadAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? domain = null;
        var isReported = false;
        var sums = new Dictionary<TlsCount, long>();
        // Rows of a domain lie beside each other.
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition(day)}"), cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var of = row.RowKey[..row.RowKey.IndexOf('~', StringComparison.Ordinal)];
            if (domain is not null && domain != of)
                yield return Taken();
            domain = of;
            isReported |= row.RowKey.EndsWith(Mark, StringComparison.Ordinal);
            foreach (var (count, sessions) in row.GetString("Counts") is { } json ? JsonSerializer.Deserialize(json, TlsCountJson.Default.IReadOnlyListCountedSessions)! : [])
                sums[count] = sums.GetValueOrDefault(count) + sessions;
        }
        if (domain is not null)
            yield return Taken();

        DomainDay Taken()
        {
            var taken = new DomainDay(domain, [.. sums.Select(sum => new CountedSessions(sum.Key, sum.Value))], isReported);
            (isReported, sums) = (false, []);
            return taken;
        }
    }

    /// <summary>The domain has its report of that day, or will have none.</summary>
    public async Task MarkAsync(DateOnly day, string domain, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(new TableEntity(Partition(day), $"{domain}~{Mark}"), TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);

    /// <summary>Removes days before this one.</summary>
    public async Task ForgetAsync(DateOnly before, CancellationToken cancellationToken)
    {
        var old = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey ge {Partition(DateOnly.MinValue)} and PartitionKey lt {Partition(before)}"), select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken).ConfigureAwait(false))
            old.Add(row);
        foreach (var day in old.GroupBy(row => row.PartitionKey))
        {
            foreach (var some in day.Chunk(RowsPerTransaction))
                await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, Azure.ETag.All)), cancellationToken).ConfigureAwait(false);
        }
    }

    // Words of a server's certificate may be of a kind that JSON makes six times as long.
    private static string Json(IReadOnlyList<CountedSessions> counts)
    {
        var json = JsonSerializer.Serialize(counts, TlsCountJson.Default.IReadOnlyListCountedSessions);
        return json.Length <= LongestJson ? json
            : JsonSerializer.Serialize([.. counts.Select(counted => counted with { Count = counted.Count with { Detail = null } })], TlsCountJson.Default.IReadOnlyListCountedSessions);
    }

    private static string Partition(DateOnly day) => "day-" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
