namespace EnhancedMta.Breakdowns;

/// <summary>Counts as few octets: most are small, and a difference may be negative.</summary>
internal static class CompactCounts
{
    public static void WriteCount(this BinaryWriter writer, long count) => writer.Write7BitEncodedInt64((count << 1) ^ (count >> 63));

    public static long ReadCount(this BinaryReader reader)
    {
        var coded = (ulong)reader.Read7BitEncodedInt64();
        return (long)(coded >> 1) ^ -(long)(coded & 1);
    }
}
