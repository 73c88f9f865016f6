namespace EnhancedMta.ReturnPaths;

/// <summary>Base32 without padding (RFC 4648 §6), in lower case: local parts lose their case on the way more often than not.</summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    public static string Encode(ReadOnlySpan<byte> octets)
    {
        Span<char> text = stackalloc char[(octets.Length * 8 + 4) / 5];
        var (bits, count, at) = (0, 0, 0);
        foreach (var octet in octets)
        {
            bits = (bits << 8) | octet;
            for (count += 8; count >= 5; count -= 5)
                text[at++] = Alphabet[(bits >> (count - 5)) & 31];
            bits &= (1 << count) - 1;
        }
        if (count > 0)
            text[at++] = Alphabet[(bits << (5 - count)) & 31];
        return new string(text[..at]);
    }

    /// <summary>False for other characters, for a length that no encoding has, for bits left over that are not zero, and for what does not fit.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> octets, out int length)
    {
        length = 0;
        var (bits, count) = (0, 0);
        foreach (var c in text)
        {
            var value = c switch
            {
                >= 'a' and <= 'z' and var letter => letter - 'a',
                >= 'A' and <= 'Z' and var letter => letter - 'A',
                >= '2' and <= '7' and var digit => digit - '2' + 26,
                _ => -1,
            };
            if (value < 0)
                return false;
            bits = (bits << 5) | value;
            count += 5;
            if (count < 8)
                continue;
            if (length == octets.Length)
                return false;
            count -= 8;
            octets[length++] = (byte)(bits >> count);
            bits &= (1 << count) - 1;
        }
        return count < 5 && bits == 0;
    }
}
