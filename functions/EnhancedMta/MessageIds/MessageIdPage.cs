using System.Buffers.Binary;
using System.Globalization;
using Azure.Data.Tables;
using EnhancedMta.SendingLog;

namespace EnhancedMta.MessageIds;

/// <summary>
/// Rows of the index: an entry alone by its key, several that share a drawer in one page. Pages of a drawer stand together, the newest first.
/// </summary>
internal static class MessageIdPage
{
    private const string Entries = "Entries";

    // A binary property holds 64 KiB.
    private const int MaxBytes = 60 * 1024;

    private const int KeyBytes = 16;

    public static IEnumerable<TableEntity> Rows(string partition, DateTimeOffset now, IEnumerable<MessageIdEntry> entries)
    {
        foreach (var drawer in entries.GroupBy(e => e.Key.Drawer).Select(d => d.ToList()))
        {
            if (drawer is [var only])
            {
                yield return new TableEntity(partition, only.Key.ToString()) { [nameof(LogPartition)] = only.Partition.Key, [nameof(MessageRow.MessageId)] = only.MessageId };
                continue;
            }

            for (var done = 0; done < drawer.Count;)
            {
                using var bytes = new MemoryStream();
                using var writer = new BinaryWriter(bytes);
                Span<byte> key = stackalloc byte[KeyBytes];
                for (; done < drawer.Count && bytes.Length < MaxBytes; done++)
                {
                    BinaryPrimitives.WriteUInt128BigEndian(key, drawer[done].Key.Hash);
                    writer.Write(key);
                    writer.Write(drawer[done].Partition.Key);
                    writer.Write(drawer[done].MessageId);
                    writer.Flush();
                }

                yield return new TableEntity(partition, RowKey(drawer[done - 1].Key, now)) { [Entries] = bytes.ToArray() };
            }
        }
    }

    /// <summary>The pages that may have the key, of one week.</summary>
    public static string Filter(string partition, MessageIdKey key)
    {
        // '~' comes after all digits, so a page stands after the rows of single entries and before its drawer's end.
        var drawer = Prefix(key);
        return $"PartitionKey eq '{partition}' and RowKey ge '{drawer}' and RowKey lt '{drawer}~'";
    }

    /// <returns>Null when the page does not have it.</returns>
    public static (LogPartition Partition, string MessageId)? Find(TableEntity page, MessageIdKey key)
    {
        using var bytes = new MemoryStream(page.GetBinary(Entries));
        using var reader = new BinaryReader(bytes);
        Span<byte> at = stackalloc byte[KeyBytes];
        while (bytes.Position < bytes.Length)
        {
            reader.ReadExactly(at);
            var (partition, messageId) = (reader.ReadString(), reader.ReadString());
            if (BinaryPrimitives.ReadUInt128BigEndian(at) == key.Hash)
                return (LogPartition.Parse(partition), messageId);
        }

        return null;
    }

    private static string RowKey(MessageIdKey last, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(last)}{DateTime.MaxValue.Ticks - now.UtcTicks:D19}~{last}");

    private static string Prefix(MessageIdKey key) => string.Create(CultureInfo.InvariantCulture, $"{key.Drawer:x}~");
}
