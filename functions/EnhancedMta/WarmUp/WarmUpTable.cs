using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;

namespace EnhancedMta.WarmUp;

/// <summary>A row as it was read or written.</summary>
/// <param name="State">What it says.</param>
/// <param name="ETag">Default when there is none yet.</param>
internal sealed record StoredWarmUp(WarmUpState State, ETag ETag);

/// <summary>One row for each egress and provider, changed by ETag; and one for an egress as a whole, which tells how providers begin that have none.</summary>
public sealed class WarmUpTable(TableClient table)
{
    /// <summary>Stands for all providers of an egress that have no row.</summary>
    public const string Others = "*";

    private const string Partition = "warm-up";
    private const string DateFormat = "yyyy-MM-dd";
    private const string BookedName = "Booked";
    private const string BookedBudgetName = "BookedBudget";
    private const string BookedNextName = "BookedNext";
    private const string BookedNextBudgetName = "BookedNextBudget";
    private const string WriteName = "Write";

    /// <summary>The row, or null.</summary>
    internal async Task<StoredWarmUp?> FindAsync(int publicId, string provider, CancellationToken cancellationToken)
    {
        var row = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Key(publicId, provider), null, cancellationToken).ConfigureAwait(false);
        return row.HasValue ? new StoredWarmUp(Read(row.Value!), row.Value!.ETag) : null;
    }

    /// <summary>Writes the state on the row that it was made of.</summary>
    /// <param name="publicId">Of the egress.</param>
    /// <param name="provider">Or <see cref="Others"/>.</param>
    /// <param name="state">What it is to say.</param>
    /// <param name="etag">Of the row as it was read; default for a row that is new.</param>
    /// <param name="cancellationToken">Gives up; it may be written all the same.</param>
    /// <returns>The row as it is now, and whether that is ours.</returns>
    /// <exception cref="RequestFailedException">Storage is away; whether it was written is not known.</exception>
    internal async Task<(bool IsWritten, StoredWarmUp? Row)> WriteAsync(int publicId, string provider, WarmUpState state, ETag etag, CancellationToken cancellationToken)
    {
        var row = ToRow(publicId, provider, state);
        try
        {
            var answer = etag == default
                ? await table.AddEntityAsync(row, cancellationToken).ConfigureAwait(false)
                : await table.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken).ConfigureAwait(false);
            return (true, new StoredWarmUp(state, answer.Headers.ETag ?? default));
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // A lost answer is not a lost write: the SDK's second try meets the first one's row.
            var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, row.RowKey, null, cancellationToken).ConfigureAwait(false);
            return found.HasValue
                ? (found.Value!.GetString(WriteName) == row.GetString(WriteName), new StoredWarmUp(Read(found.Value), found.Value.ETag))
                : (false, null);
        }
    }

    /// <summary>All rows by egress and provider.</summary>
    public async Task<IReadOnlyList<(int PublicId, string Provider, WarmUpState State)>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<(int, string, WarmUpState)>();
        await foreach (var row in table.QueryAsync<TableEntity>($"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var parts = row.RowKey.Split('~', 2);
            all.Add((int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], Read(row)));
        }
        return all;
    }

    /// <summary>Rows whose day was before.</summary>
    internal static string FilterBefore(DateTimeOffset time) =>
        $"PartitionKey eq '{Partition}' and {nameof(WarmUpState.Date)} lt '{DateOnly.FromDateTime(time.UtcDateTime).ToString(DateFormat, CultureInfo.InvariantCulture)}'";

    internal static int EgressOf(TableEntity row) => int.Parse(row.RowKey.AsSpan(0, row.RowKey.IndexOf('~', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private static string Key(int publicId, string provider) => string.Create(CultureInfo.InvariantCulture, $"{publicId:D10}~{provider}");

    private static TableEntity ToRow(int publicId, string provider, WarmUpState state) => new(Partition, Key(publicId, provider))
    {
        [nameof(WarmUpState.Day)] = state.Day,
        [nameof(WarmUpState.IsWarm)] = state.IsWarm,
        [nameof(WarmUpState.Date)] = state.Date.ToString(DateFormat, CultureInfo.InvariantCulture),
        [nameof(WarmUpState.Taken)] = state.Taken,
        [nameof(WarmUpCounts.Delivered)] = state.Counts.Delivered,
        [nameof(WarmUpCounts.AddressOnly)] = state.Counts.AddressOnly,
        [nameof(WarmUpCounts.Deferred)] = state.Counts.Deferred,
        [nameof(WarmUpCounts.Blocked)] = state.Counts.Blocked,
        [nameof(WarmUpCounts.Complaints)] = state.Counts.Complaints,
        [BookedName] = state.Booked.Count,
        [BookedBudgetName] = state.Booked.Budget,
        [BookedNextName] = state.BookedNext.Count,
        [BookedNextBudgetName] = state.BookedNext.Budget,
        [nameof(WarmUpState.Address)] = state.Address,
        [nameof(WarmUpState.Moves)] = JsonSerializer.Serialize(state.Moves),
        [WriteName] = Guid.NewGuid().ToString("N"),
    };

    private static WarmUpState Read(TableEntity row) => new()
    {
        Day = row.GetInt32(nameof(WarmUpState.Day)) ?? 1,
        IsWarm = row.GetBoolean(nameof(WarmUpState.IsWarm)) ?? false,
        Date = DateOnly.ParseExact(row.GetString(nameof(WarmUpState.Date)), DateFormat, CultureInfo.InvariantCulture),
        Taken = row.GetInt32(nameof(WarmUpState.Taken)) ?? 0,
        Counts = new WarmUpCounts(
            row.GetInt32(nameof(WarmUpCounts.Delivered)) ?? 0,
            row.GetInt32(nameof(WarmUpCounts.AddressOnly)) ?? 0,
            row.GetInt32(nameof(WarmUpCounts.Deferred)) ?? 0,
            row.GetInt32(nameof(WarmUpCounts.Blocked)) ?? 0,
            row.GetInt32(nameof(WarmUpCounts.Complaints)) ?? 0),
        Booked = new BookedRoom(row.GetInt32(BookedName) ?? 0, row.GetInt32(BookedBudgetName) ?? 0),
        BookedNext = new BookedRoom(row.GetInt32(BookedNextName) ?? 0, row.GetInt32(BookedNextBudgetName) ?? 0),
        Address = row.GetString(nameof(WarmUpState.Address)),
        Moves = JsonSerializer.Deserialize<List<WarmUpMove>>(row.GetString(nameof(WarmUpState.Moves)) ?? "[]")!,
    };
}
