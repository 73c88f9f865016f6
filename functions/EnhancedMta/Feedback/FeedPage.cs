using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>
/// All events of one transaction, as one row of its log partition. The pages' numbers have no gaps, and each names the
/// transaction that wrote it: that is how a lost answer of storage is told from a lost write.
/// </summary>
public static class FeedPage
{
    // A binary property holds 64 KiB; a page of 96 long refusals needs a few of them.
    private const int PropertyBytes = 60 * 1024;
    private const string Transaction = "Tx";
    private const string Time = "Time";
    private const string Events = "Events";

    public static TableEntity ToRow(LogPartition partition, long sequence, string transaction, DateTimeOffset time, IReadOnlyList<DeliveryEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var row = new TableEntity(partition.Key, LogKeys.Page(sequence)) { [Transaction] = transaction, [Time] = time };
        Write(row, events);
        return row;
    }

    /// <summary>The same page with some of its events changed; null when none of them is there. To be written in its place as a whole.</summary>
    internal static TableEntity? Without(TableEntity page, Func<DeliveryEvent, bool> which, Func<DeliveryEvent, DeliveryEvent> change)
    {
        var events = Read(page);
        if (!events.Any(which))
            return null;
        var row = new TableEntity(page.PartitionKey, page.RowKey);
        foreach (var (name, value) in page.Where(column => !column.Key.StartsWith(Events, StringComparison.Ordinal) && !column.Key.StartsWith("odata", StringComparison.Ordinal) && column.Key != "Timestamp"))
            row[name] = value;
        Write(row, [.. events.Select(e => which(e) ? change(e) : e)]);
        return row;
    }

    private static void Write(TableEntity row, IReadOnlyList<DeliveryEvent> events)
    {
        if (events.Count == 0)
            return;
        var json = JsonSerializer.SerializeToUtf8Bytes(events, FeedJson.Default.IReadOnlyListDeliveryEvent);
        for (var at = 0; at < json.Length; at += PropertyBytes)
            row[PropertyName(at / PropertyBytes)] = json[at..Math.Min(json.Length, at + PropertyBytes)];
    }

    public static string? TransactionOf(TableEntity row) => row.GetString(Transaction);

    /// <summary>The events in the order they were written, each with its time.</summary>
    public static IReadOnlyList<DeliveryEvent> Read(TableEntity row)
    {
        using var json = new MemoryStream();
        for (var i = 0; row.TryGetValue(PropertyName(i), out _); i++)
            json.Write(row.GetBinary(PropertyName(i)));
        if (json.Length == 0)
            return [];
        var time = row.GetDateTimeOffset(Time);
        var events = JsonSerializer.Deserialize(json.GetBuffer().AsSpan(0, (int)json.Length), FeedJson.Default.IReadOnlyListDeliveryEvent) ?? [];
        return [.. events.Select(e => e.Time is null ? e with { Time = time } : e)];
    }

    private static string PropertyName(int part) => part == 0 ? Events : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Events}{part}");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<DeliveryEvent>))]
internal sealed partial class FeedJson : JsonSerializerContext;
