using System.Globalization;
using Azure.Data.Tables;

namespace EnhancedMta.Deliveries;

/// <summary>
/// Deliveries as people look for them: the newest first, by a piece of their id or label. Storage sorts by id only, so that the heads of
/// all are read, a thousand in a request, and the whole rows of one page.
/// </summary>
public sealed class DeliverySearch(TableClient table, DeliveryStore store)
{
    /// <summary>Requests for heads, at most; deliveries whose ids come after these are not found.</summary>
    public const int MaxRequests = 20;

    private const int PageSize = 1_000;

    private static readonly string[] Columns = ["PartitionKey", "RowKey", nameof(Delivery.Label), nameof(Delivery.Declared)];

    /// <param name="text">In the id or the label, whatever its case; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="continuation">Of the page before.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>A page, and the continuation of the next; null at the end.</returns>
    /// <exception cref="FormatException">Not a continuation that we gave.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<(IReadOnlyList<Delivery> Deliveries, string? Continuation)> NewestAsync(
        string? text, int limit, string? continuation, CancellationToken cancellationToken)
    {
        var after = continuation is null ? (Head?)null : Head.Parse(continuation);
        var heads = (await HeadsAsync(text, cancellationToken).ConfigureAwait(false)).Where(h => after is null || Head.NewestFirst.Compare(h, after.Value) > 0)
            .Order(Head.NewestFirst).Take(limit + 1).ToList();
        var page = heads.Take(limit).ToList();
        var found = await Task.WhenAll(page.Select(h => store.FindAsync(h.Id, cancellationToken))).ConfigureAwait(false);
        return ([.. found.OfType<Delivery>()], heads.Count > limit ? page[^1].ToString() : null);
    }

    private async Task<List<Head>> HeadsAsync(string? text, CancellationToken cancellationToken)
    {
        var heads = new List<Head>();
        var requests = 0;
        await foreach (var page in table.QueryAsync<TableEntity>($"PartitionKey eq '{DeliveryStore.DeliveryPartition}'", PageSize, Columns, cancellationToken).AsPages().ConfigureAwait(false))
        {
            heads.AddRange(page.Values
                .Where(row => text is null || row.RowKey.Contains(text, StringComparison.OrdinalIgnoreCase) || row.GetString(nameof(Delivery.Label))?.Contains(text, StringComparison.OrdinalIgnoreCase) == true)
                .Select(row => new Head(row.GetDateTimeOffset(nameof(Delivery.Declared)) ?? default, row.RowKey)));
            if (++requests == MaxRequests)
                break;
        }

        return heads;
    }

    private readonly record struct Head(DateTimeOffset Declared, string Id)
    {
        public static Comparer<Head> NewestFirst { get; } = Comparer<Head>.Create((a, b) =>
            b.Declared.CompareTo(a.Declared) is var order and not 0 ? order : string.CompareOrdinal(a.Id, b.Id));

        public static Head Parse(string text) =>
            text.Split('~') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var declared) && declared <= DateTime.MaxValue.Ticks
                ? new Head(new DateTimeOffset(declared, TimeSpan.Zero), id)
                : throw new FormatException("Not a continuation of ours.");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Declared.UtcTicks}~{Id}");
    }
}
