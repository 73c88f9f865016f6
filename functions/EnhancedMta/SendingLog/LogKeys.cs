using System.Globalization;

namespace EnhancedMta.SendingLog;

/// <summary>Row keys inside a log partition. The prefixes keep each kind of row together, so that each can be read as a range.</summary>
public static class LogKeys
{
    public const string Counters = "c";
    public const string MessagePrefix = "m~";
    public const string BatchPrefix = "b~";
    public const string MinutePrefix = "t~";
    public const string PagePrefix = "f~";

    public static string Message(string messageId) => MessagePrefix + messageId;

    public static string Batch(string batchId) => BatchPrefix + batchId;

    public static string Minute(DateTimeOffset minute) => MinutePrefix + minute.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    public static string Page(long sequence) => PagePrefix + sequence.ToString("D12", CultureInfo.InvariantCulture);

    public static long PageNumber(string rowKey) => long.Parse(rowKey.AsSpan(PagePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The filter of all rows with a prefix: up to the letter after the prefix's own.</summary>
    public static string RangeFilter(string partitionKey, string prefix) =>
        $"PartitionKey eq '{Quote(partitionKey)}' and RowKey ge '{prefix}' and RowKey lt '{(char)(prefix[0] + 1)}'";

    /// <summary>Characters and length that a table key takes; an id that was accepted passes, one that somebody asks for may not.</summary>
    public static bool CanBeKey(string id) => id.Length is > 0 and <= 256 && !id.Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c));

    /// <summary>OData string literal content: quotes doubled.</summary>
    public static string Quote(string value) => value.Replace("'", "''", StringComparison.Ordinal);
}
