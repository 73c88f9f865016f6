namespace EnhancedMta.ReturnPaths;

/// <summary>Unsigned numbers, seven bits an octet, the low ones first; the high bit says that more follow.</summary>
internal static class VarInt
{
    public const int MaxInt32 = 5;

    public static int Write(ulong value, Span<byte> target)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number off the front; false when it is cut or larger than 64 bits.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> octets, out ulong value)
    {
        value = 0;
        for (var i = 0; i < octets.Length && i < 10; i++)
        {
            if (i == 9 && octets[i] > 1)
                return false;
            value |= (ulong)(octets[i] & 0x7F) << (7 * i);
            if (octets[i] < 0x80)
            {
                octets = octets[(i + 1)..];
                return true;
            }
        }
        return false;
    }
}
