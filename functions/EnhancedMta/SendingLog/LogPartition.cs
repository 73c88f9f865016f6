using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace EnhancedMta.SendingLog;

/// <summary>One of the partitions that hold a delivery's rows. All that must change together is in one of them.</summary>
public readonly record struct LogPartition(string DeliveryId, int Shard)
{
    /// <summary>Delivery ids have no <c>~</c>, so the key reads back without doubt.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{DeliveryId}~{Shard:D3}");

    /// <summary>The partition of a message: the same for a repeated request, on any machine.</summary>
    public static LogPartition Of(string deliveryId, string messageId, int shards)
    {
        return new LogPartition(deliveryId, (int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(messageId)) % (ulong)shards));
    }

    /// <exception cref="FormatException">Not a partition key.</exception>
    public static LogPartition Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var at = key.LastIndexOf('~');
        return at > 0 && int.TryParse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var shard)
            ? new LogPartition(key[..at], shard)
            : throw new FormatException($"'{key}' is not a log partition.");
    }
}
