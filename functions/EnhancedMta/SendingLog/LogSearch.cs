using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using EnhancedMta.Deliveries;

namespace EnhancedMta.SendingLog;

/// <summary>Finds messages by a piece of text, which Table Storage cannot: it reads rows and looks, so far at a time as is affordable.</summary>
public sealed class LogSearch(TableClient log, LogReader reader)
{
    /// <summary>Rows that one call looks at, at most, but for the rest of the last page.</summary>
    public const int MaxExamined = 5_000;

    /// <summary>Requests to storage that one call makes, at most.</summary>
    public const int MaxRequests = 20;

    private const int PageSize = 1_000;

    // Without the history, which is most of a row.
    private static readonly string[] Columns =
    [
        "PartitionKey", "RowKey", nameof(MessageRow.To), nameof(MessageRow.Domain), nameof(MessageRow.State), nameof(MessageRow.Bytes), nameof(MessageRow.Received),
        nameof(MessageRow.Expires), nameof(MessageRow.Updated), nameof(MessageRow.Attempts), nameof(MessageRow.SoftBounced), nameof(MessageRow.Next), nameof(MessageRow.WaitsFor),
        nameof(MessageRow.FailureType), nameof(MessageRow.Reason), nameof(MessageRow.BounceCode), nameof(MessageRow.Class), nameof(MessageRow.Rule), nameof(MessageRow.RuleSet),
        nameof(MessageRow.Complained), nameof(MessageRow.Reply),
    ];

    /// <summary>Messages whose id, recipient, reply or rule contains the text, whatever its case. The id of a message finds that message alone, at once.</summary>
    /// <param name="delivery">Whose.</param>
    /// <param name="filter">Applied by storage, before the text.</param>
    /// <param name="text">Not empty.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="continuation">Of the call before.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="FormatException">Not a continuation that we gave.</exception>
    /// <exception cref="Azure.RequestFailedException">Storage failed.</exception>
    public async Task<LogSearchPage> FindAsync(Delivery delivery, LogFilter filter, string text, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(filter);
        if (continuation is null && await reader.FindAsync(LogPartition.Of(delivery.Id, text, delivery.Shards), text, cancellationToken).ConfigureAwait(false) is { } exact)
            return new LogSearchPage([exact], null, 1);

        var place = Place.Parse(continuation);
        var found = new List<MessageRow>();
        for (var (examined, requests) = (0, 0); place.Shard < delivery.Shards; place = new Place(place.Shard + 1, null, null))
        {
            var query = LogKeys.RangeFilter(new LogPartition(delivery.Id, place.Shard).Key, LogKeys.MessagePrefix) + filter.ToOData();
            var pages = log.QueryAsync<TableEntity>(query, PageSize, Columns, cancellationToken).AsPages(place.Token, PageSize);
            await foreach (var page in pages.ConfigureAwait(false))
            {
                requests++;
                foreach (var entity in page.Values)
                {
                    // This page was begun before: its rows come in the order of their keys.
                    if (place.After is { } after && string.CompareOrdinal(entity.RowKey, after) <= 0)
                        continue;
                    examined++;
                    var row = MessageRow.Read(entity);
                    if (!Contains(row, text))
                        continue;
                    found.Add(row);
                    if (found.Count == limit)
                        return new LogSearchPage(found, (place with { After = entity.RowKey }).ToString(), examined);
                }

                var next = string.IsNullOrEmpty(page.ContinuationToken) ? new Place(place.Shard + 1, null, null) : new Place(place.Shard, page.ContinuationToken, null);
                if (next.Shard < delivery.Shards && (examined >= MaxExamined || requests >= MaxRequests))
                    return new LogSearchPage(found, next.ToString(), examined);
                place = next.Shard == place.Shard ? next : place with { Token = null, After = null };
            }
        }

        return new LogSearchPage(found, null, null);
    }

    private static bool Contains(MessageRow row, string text) =>
        row.MessageId.Contains(text, StringComparison.OrdinalIgnoreCase)
        || row.To.Contains(text, StringComparison.OrdinalIgnoreCase)
        || row.Reply?.Contains(text, StringComparison.OrdinalIgnoreCase) == true
        || row.Rule?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    /// <param name="Shard">Log partition.</param>
    /// <param name="Token">Of storage, for a page of its; null for the first.</param>
    /// <param name="After">Key of the last row of that page that was looked at.</param>
    private readonly record struct Place(int Shard, string? Token, string? After)
    {
        public static Place Parse(string? text)
        {
            if (string.IsNullOrEmpty(text))
                return default;
            var parts = Encoding.UTF8.GetString(Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/'))).Split('\n');
            return parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
                ? new Place(shard, parts[1].Length == 0 ? null : parts[1], parts[2].Length == 0 ? null : parts[2])
                : throw new FormatException("Not a continuation of ours.");
        }

        public override string ToString() =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Shard}\n{Token}\n{After}"))).Replace('+', '-').Replace('/', '_');
    }
}

/// <param name="Messages">Found so far in this call.</param>
/// <param name="Continuation">Where to go on, whether or not something was found; null at the end.</param>
/// <param name="Examined">Messages that were looked at in this call; null when that was all of the rest.</param>
public sealed record LogSearchPage(IReadOnlyList<MessageRow> Messages, string? Continuation, int? Examined);
