using Azure.Data.Tables;

namespace EnhancedMta.Breakdowns;

/// <summary>What a transaction changes by recipient domain. Rides on the transaction's feed page, which is written anyway.</summary>
public sealed class DomainTallies
{
    internal const string ColumnName = "Domains";

    private readonly Dictionary<string, DomainTally> _domains = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, DomainTally> Domains => _domains;

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="provider">Whose it is, when known.</param>
    /// <param name="difference">To what is counted.</param>
    public void Add(string domain, string? provider, MessageTally difference)
    {
        if (difference == default)
            return;
        var sum = _domains.GetValueOrDefault(domain);
        _domains[domain] = new DomainTally(provider ?? sum.Provider, sum.Counts + difference);
    }

    internal static void Write(TableEntity page, IEnumerable<DomainTallies> changes)
    {
        var all = new DomainTallies();
        foreach (var (domain, tally) in changes.SelectMany(c => c._domains))
            all.Add(domain, tally.Provider, tally.Counts);
        if (all._domains.Count > 0)
            page[ColumnName] = all.ToBytes();
    }

    internal static IEnumerable<(string Domain, DomainTally Tally)> Read(TableEntity page) => Parse(page.GetBinary(ColumnName));

    internal byte[] ToBytes()
    {
        // Each provider once: a page has many domains of few providers.
        var providers = _domains.Values.Select(d => d.Provider ?? "").Distinct(StringComparer.Ordinal).ToList();
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write7BitEncodedInt(providers.Count);
        foreach (var provider in providers)
            writer.Write(provider);
        foreach (var (domain, tally) in _domains)
        {
            writer.Write(domain);
            writer.Write7BitEncodedInt(providers.IndexOf(tally.Provider ?? ""));
            tally.Counts.Write(writer);
        }

        return buffer.ToArray();
    }

    internal static IEnumerable<(string Domain, DomainTally Tally)> Parse(byte[]? bytes)
    {
        if (bytes is not { Length: > 0 })
            yield break;
        using var reader = new BinaryReader(new MemoryStream(bytes));
        var providers = new string?[reader.Read7BitEncodedInt()];
        for (var i = 0; i < providers.Length; i++)
            providers[i] = reader.ReadString() is { Length: > 0 } name ? name : null;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            yield return (reader.ReadString(), new DomainTally(providers[reader.Read7BitEncodedInt()], MessageTally.Read(reader)));
    }
}

/// <param name="Provider">Whose the domain was when last tried; null while unknown.</param>
/// <param name="Counts">Its messages.</param>
public readonly record struct DomainTally(string? Provider, MessageTally Counts);
