using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EnhancedMta.MessageIds;

/// <summary>The hash of a Message-ID by which it is filed: 128 bits, with or without angle brackets the same.</summary>
/// <param name="Hash">Of the words between the brackets.</param>
internal readonly record struct MessageIdKey(UInt128 Hash)
{
    /// <summary>Partitions of a week: few enough that those of one request share their writes, and enough for 2,000 rows a second in each.</summary>
    public const int Buckets = 16;

    /// <summary>The partition that it is in.</summary>
    public int Bucket => (int)(Hash & (Buckets - 1));

    /// <summary>What shares pages with it in its partition, one of 16.</summary>
    public int Drawer => (int)(Hash >> 4 & 15);

    public static MessageIdKey Of(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(field.AsSpan().Trim().Trim("<>").ToString()), hash);
        return new MessageIdKey(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    public override string ToString() => Hash.ToString("x32", CultureInfo.InvariantCulture);
}
