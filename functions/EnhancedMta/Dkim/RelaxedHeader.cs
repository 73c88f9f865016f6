namespace EnhancedMta.Dkim;

/// <summary>The relaxed form of header fields (RFC 6376 §3.4.2).</summary>
internal static class RelaxedHeader
{
    /// <summary>Name in lower case, value unfolded with single spaces, CRLF.</summary>
    /// <param name="name">Without colon.</param>
    /// <param name="value">After the colon, with or without its CRLF.</param>
    /// <param name="into">Gets it.</param>
    public static void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, OctetBuffer into)
    {
        AddOpen(name, value, into);
        into.Add("\r\n"u8);
    }

    /// <summary>Without the CRLF: so the signature's own field goes in (RFC 6376 §3.7).</summary>
    public static void AddOpen(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, OctetBuffer into)
    {
        foreach (var octet in name)
            into.Add(octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet);
        into.Add((byte)':');
        var isBegun = false;
        var isSpaced = false;
        while (!value.IsEmpty)
        {
            var word = value.IndexOfAny(" \t\r\n"u8);
            if (word != 0)
            {
                if (isSpaced && isBegun)
                    into.Add((byte)' ');
                (isBegun, isSpaced) = (true, false);
                var part = word < 0 ? value : value[..word];
                into.Add(part);
                value = value[part.Length..];
                continue;
            }
            // Line ends vanish; only white space makes a space.
            isSpaced |= value[0] is (byte)' ' or (byte)'\t';
            value = value[1..];
        }
    }
}
