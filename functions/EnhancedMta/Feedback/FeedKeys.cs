using System.Globalization;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>Rows of the table <c>feed</c>. All that must change together is in one partition.</summary>
internal static class FeedKeys
{
    public const string Partition = "feed";
    public const string Head = "h";

    /// <summary>The first position that is kept.</summary>
    public const string Oldest = "o";

    private const string EntryPrefix = "e~";
    private const string DeliveryPrefix = "i~";
    private const string MarkPrefix = "m~";
    private const string PointerPrefix = "q~";

    public static string Entry(long position) => EntryPrefix + Text(position);

    public static string EntryOf(string deliveryId, long position) => $"{DeliveryPrefix}{deliveryId}~{Text(position)}";

    public static string Mark(LogPartition partition) => MarkPrefix + partition.Key;

    public static LogPartition OfMark(string rowKey) => LogPartition.Parse(rowKey[MarkPrefix.Length..]);

    public static string Pointer(string endpointId, string deliveryId) => $"{PointerPrefix}{endpointId}~{deliveryId}";

    public static (string EndpointId, string DeliveryId) OfPointer(string rowKey)
    {
        var at = rowKey.IndexOf('~', PointerPrefix.Length);
        return (rowKey[PointerPrefix.Length..at], rowKey[(at + 1)..]);
    }

    public static string MarksFilter => LogKeys.RangeFilter(Partition, MarkPrefix);

    public static string PointersFilter(string? endpointId) =>
        endpointId is null ? LogKeys.RangeFilter(Partition, PointerPrefix) : Between($"{PointerPrefix}{endpointId}~", $"{PointerPrefix}{endpointId}~~");

    /// <summary>Entries from a position on, of all deliveries or of one.</summary>
    public static string EntriesFilter(string? deliveryId, long from) =>
        deliveryId is null ? Between(Entry(from), EntryPrefix + '~') : Between(EntryOf(deliveryId, from), $"{DeliveryPrefix}{deliveryId}~~");

    // '~' comes after all that ids and numbers have.
    private static string Between(string from, string before) => $"PartitionKey eq '{Partition}' and RowKey ge '{from}' and RowKey lt '{before}'";

    private static string Text(long position) => position.ToString("D12", CultureInfo.InvariantCulture);
}
