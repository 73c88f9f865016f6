using System.Buffers;

namespace EnhancedMta.Ingestion;

/// <summary>The line structure of some octets.</summary>
/// <param name="Longest">Octets of the longest line, without its end.</param>
/// <param name="BareEnds">A CR or LF stands alone. Servers disagree on whether that ends a line, which is how a second mail is smuggled into the first.</param>
internal readonly record struct LineScan(int Longest, bool BareEnds)
{
    /// <summary>RFC 5321 §4.5.3.1.6, without CRLF.</summary>
    public const int MaxLine = 998;

    public static LineScan Of(ReadOnlySpan<byte> octets)
    {
        var longest = 0;
        var bare = false;
        while (true)
        {
            var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
            if (end < 0)
                return new LineScan(Math.Max(longest, octets.Length), bare);
            longest = Math.Max(longest, end);
            var isPair = octets[end] == '\r' && end + 1 < octets.Length && octets[end + 1] == '\n';
            bare |= !isPair;
            octets = octets[(end + (isPair ? 2 : 1))..];
        }
    }

    /// <summary>Writes <paramref name="octets"/> with CRLF for every CRLF, CR or LF.</summary>
    public static void WriteWithCrLf(ReadOnlySpan<byte> octets, IBufferWriter<byte> target)
    {
        while (true)
        {
            var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
            target.Write(end < 0 ? octets : octets[..end]);
            if (end < 0)
                return;
            target.Write("\r\n"u8);
            var isPair = octets[end] == '\r' && end + 1 < octets.Length && octets[end + 1] == '\n';
            octets = octets[(end + (isPair ? 2 : 1))..];
        }
    }
}
