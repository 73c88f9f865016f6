using Azure;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;

namespace EnhancedMta.Kpis.Domains;

/// <summary>A delivery's largest recipient domains and the sum of all: one row, which is all that a Summary reads of them.</summary>
internal sealed record DomainRanking
{
    /// <summary>Domains that are told one by one.</summary>
    public const int Listed = 50;

    public const string RowKey = "domains";

    private const string TopName = "Top";
    private const string AllName = "All";

    /// <summary>What is counted here.</summary>
    public required FeedCursor UpTo { get; init; }

    /// <summary>When that was looked up.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it took to count what was new then.</summary>
    public TimeSpan Took { get; init; }

    /// <summary>By messages relayed, the largest first.</summary>
    public required IReadOnlyList<(string Domain, DomainTally Tally)> Top { get; init; }

    /// <summary>Of all domains.</summary>
    public required MessageTally All { get; init; }

    public ETag ETag { get; init; }

    public static DomainRanking Of(IEnumerable<DomainBucket> buckets, FeedCursor upTo, DateTimeOffset time, ETag etag)
    {
        var all = buckets.SelectMany(b => b.Domains).ToList();
        return new DomainRanking
        {
            UpTo = upTo,
            Time = time,
            Top = [.. Sorted(all.Where(d => d.Key.Length > 0).Select(d => (d.Key, d.Value))).Take(Listed)],
            All = all.Aggregate(default(MessageTally), (sum, d) => sum + d.Value.Counts),
            ETag = etag,
        };
    }

    public TableTransactionAction ToAction(string deliveryId)
    {
        var top = new DomainTallies();
        foreach (var (domain, tally) in Top)
            top.Add(domain, tally.Provider, tally.Counts);
        var all = new DomainTallies();
        all.Add("", null, All);
        var row = new TableEntity(deliveryId, RowKey)
        {
            [nameof(UpTo)] = UpTo.ToBytes(),
            [nameof(Time)] = Time,
            [nameof(Took)] = Took.TotalSeconds,
            [TopName] = top.ToBytes(),
            [AllName] = all.ToBytes(),
        };
        return ETag == default ? new(TableTransactionActionType.Add, row) : new(TableTransactionActionType.UpdateReplace, row, ETag);
    }

    public static DomainRanking Read(TableEntity row) => new()
    {
        UpTo = FeedCursor.Parse(row.GetBinary(nameof(UpTo))),
        Time = row.GetDateTimeOffset(nameof(Time)) ?? default,
        Took = TimeSpan.FromSeconds(row.GetDouble(nameof(Took)) ?? 0),
        Top = [.. Sorted(DomainTallies.Parse(row.GetBinary(TopName)))],
        All = DomainTallies.Parse(row.GetBinary(AllName)).Select(d => d.Tally.Counts).FirstOrDefault(),
        ETag = row.ETag,
    };

    private static IEnumerable<(string Domain, DomainTally Tally)> Sorted(IEnumerable<(string Domain, DomainTally Tally)> domains) =>
        domains.OrderByDescending(d => d.Tally.Counts.Relayed).ThenBy(d => d.Domain, StringComparer.Ordinal);
}
