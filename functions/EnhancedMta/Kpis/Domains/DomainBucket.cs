using System.Globalization;
using Azure;
using Azure.Data.Tables;
using EnhancedMta.Breakdowns;

namespace EnhancedMta.Kpis.Domains;

/// <summary>Some of a delivery's recipient domains with their counts, up to a feed page of each log partition: one row.</summary>
internal sealed class DomainBucket
{
    private const string RowPrefix = "domains~";
    private const string PartPrefix = "Part";

    // A property holds 64 KiB, a row 1 MiB.
    private const int PartBytes = 60 * 1024;
    private const int MostBytes = 840 * 1024;

    private readonly Dictionary<string, DomainTally> _domains = new(StringComparer.Ordinal);
    private int _bytes;

    public DomainBucket(int number, FeedCursor upTo) => (Number, UpTo) = (number, upTo);

    public int Number { get; }

    /// <summary>What is counted here.</summary>
    public FeedCursor UpTo { get; set; }

    public ETag ETag { get; private init; }

    public bool IsChanged { get; private set; }

    /// <summary>As a row, roughly.</summary>
    public int Bytes => _bytes;

    /// <summary>Those with a name; in one without are domains that came when the row was full.</summary>
    public IEnumerable<KeyValuePair<string, DomainTally>> Domains => _domains;

    public void Add(string domain, DomainTally difference)
    {
        // Hundreds of thousands of domains: further ones are counted together. Sums stay exact.
        if (!_domains.ContainsKey(domain) && _bytes > MostBytes)
            (domain, difference) = ("", difference with { Provider = null });
        if (!_domains.TryGetValue(domain, out var known))
            _bytes += domain.Length + 32;
        _domains[domain] = new DomainTally(difference.Provider ?? known.Provider, known.Counts + difference.Counts);
        IsChanged = true;
    }

    public TableTransactionAction ToAction(string deliveryId)
    {
        var row = new TableEntity(deliveryId, string.Create(CultureInfo.InvariantCulture, $"{RowPrefix}{Number:D2}")) { [nameof(UpTo)] = UpTo.ToBytes() };
        var tallies = new DomainTallies();
        foreach (var (domain, tally) in _domains)
            tallies.Add(domain, tally.Provider, tally.Counts);
        var bytes = tallies.ToBytes();
        for (var at = 0; at < bytes.Length; at += PartBytes)
            row[PartName(at / PartBytes)] = bytes[at..Math.Min(bytes.Length, at + PartBytes)];
        return ETag == default ? new(TableTransactionActionType.Add, row) : new(TableTransactionActionType.UpdateReplace, row, ETag);
    }

    /// <returns>Null for a row of another kind.</returns>
    public static DomainBucket? Read(TableEntity row)
    {
        if (!row.RowKey.StartsWith(RowPrefix, StringComparison.Ordinal))
            return null;
        using var bytes = new MemoryStream();
        for (var part = 0; row.GetBinary(PartName(part)) is { } some; part++)
            bytes.Write(some);
        var bucket = new DomainBucket(int.Parse(row.RowKey.AsSpan(RowPrefix.Length), CultureInfo.InvariantCulture), FeedCursor.Parse(row.GetBinary(nameof(UpTo)))) { ETag = row.ETag };
        foreach (var (domain, tally) in DomainTallies.Parse(bytes.ToArray()))
            bucket.Add(domain, tally);
        bucket.IsChanged = false;
        return bucket;
    }

    private static string PartName(int part) => PartPrefix + part.ToString("D2", CultureInfo.InvariantCulture);
}
