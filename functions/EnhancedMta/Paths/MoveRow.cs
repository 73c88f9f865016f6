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

    private static string Prefix(PathId id) => $"m~{id.Key}~";
}
