using System.Text.Json;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Erasures;

/// <summary>What is left of a message's row: ids, states, times, codes and reasons, all that KPIs and a recount need. No address, and no words.</summary>
internal static class ErasedRow
{
    /// <summary>A merge onto the row as it was read.</summary>
    public static TableEntity Of(TableEntity row)
    {
        var erased = new TableEntity(row.PartitionKey, row.RowKey) { ETag = row.ETag, [nameof(MessageRow.To)] = MessageRow.Erased };
        foreach (var name in (string[])[nameof(MessageRow.Reply), nameof(MessageRow.WaitsFor)])
        {
            if (row.GetString(name) is { } words)
                erased[name] = Code(words);
        }

        foreach (var name in row.Keys.Where(MessageRow.IsEntry))
        {
            var entry = JsonSerializer.Deserialize(row.GetString(name), HistoryJson.Default.HistoryEntry)!;
            erased[name] = JsonSerializer.Serialize(entry with { Reply = Code(entry.Reply), Detail = entry.Detail is null ? null : MessageRow.Erased, TlsPolicy = null, Event = null }, HistoryJson.Default.HistoryEntry);
        }

        return erased;
    }

    /// <summary>Servers quote the address, or its local part alone, or something that it was made of: only the code can stay.</summary>
    public static string? Code(string? reply) => reply is null ? null
        : reply is [>= '2' and <= '5', >= '0' and <= '9', >= '0' and <= '9', ..] ? $"{reply[..3]} {MessageRow.Erased}" : MessageRow.Erased;
}
