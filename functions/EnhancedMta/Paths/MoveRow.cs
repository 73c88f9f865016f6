using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Paths;

/// <summary>A move of a path, beside the path's row; the newest first.</summary>
internal static class MoveRow
{
    private const string Move = "Move";

    /// <param name="id">The path.</param>
    /// <param name="move">What changed.</param>
    /// <param name="number">Of all moves of the path: tells those of one moment apart.</param>
    public static TableEntity Of(PathId id, PathMove move, long number) =>
        new(id.PartitionKey, string.Create(CultureInfo.InvariantCulture, $"{Prefix(id)}{long.MaxValue - move.At.UtcTicks:D19}~{long.MaxValue - number:D19}")) { [Move] = move.ToJson() };

    public static PathMove? Read(TableEntity row) => row.GetString(Move) is { } json ? PathMove.Read(json) : null;

    public static string Filter(PathId id) => $"PartitionKey eq '{id.PartitionKey}' and RowKey ge '{Prefix(id)}' and RowKey lt '{Prefix(id)}a'";

    /// <summary>All moves of a partition's paths.</summary>
    public static string Filter(int partition) => $"PartitionKey eq '{PathId.Partition(partition)}' and RowKey ge 'm~' and RowKey lt 'm\x7f'";

    /// <summary>When a move was made, by its key alone; the end of time for a key that is not ours.</summary>
    public static DateTimeOffset TimeOf(TableEntity row)
    {
        var parts = row.RowKey.Split('~');
        return parts.Length >= 3 && long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var left)
            ? new DateTimeOffset(Math.Clamp(long.MaxValue - left, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero) : DateTimeOffset.MaxValue;
    }

    private static string Prefix(PathId id) => $"m~{id.Key}~";
}
