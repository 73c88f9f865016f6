using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Azure.Data.Tables;

namespace EnhancedMta.Paths;

/// <summary>What limits, reputation and back-off are kept for.</summary>
/// <param name="Key">What the limits are counted over (the rule says what that is): in the API's addresses, and the same in every process.</param>
/// <param name="Egress">For people.</param>
/// <param name="Site">For people.</param>
public sealed record PathId(string Key, string Egress, string Site)
{
    /// <summary>Rows of paths are spread over so many partitions: one takes 2,000 changes a second on Azure.</summary>
    public const int Partitions = 16;

    private const string PartitionPrefix = "path~";
    private const string RowPrefix = "p~";

    public string PartitionKey { get; } = Partition((int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(Key)) % Partitions));

    public string RowKey => RowPrefix + Key;

    public override string ToString() => $"{Egress} to {Site}";

    internal static string Partition(int number) => string.Create(CultureInfo.InvariantCulture, $"{PartitionPrefix}{number:x}");

    /// <summary>All paths of a partition.</summary>
    internal static string Filter(int partition) => $"PartitionKey eq '{Partition(partition)}' and RowKey ge '{RowPrefix}' and RowKey lt 'p\x7f'";

    /// <summary>All paths, in one query.</summary>
    internal static string Filter() => $"PartitionKey ge '{Partition(0)}' and PartitionKey le '{Partition(Partitions - 1)}' and RowKey ge '{RowPrefix}' and RowKey lt 'p\x7f'";

    internal static PathId Read(TableEntity row) =>
        new(row.RowKey[RowPrefix.Length..], row.GetString(nameof(Egress)) ?? "", row.GetString(nameof(Site)) ?? "");
}
