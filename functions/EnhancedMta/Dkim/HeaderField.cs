namespace EnhancedMta.Dkim;

/// <summary>Where a header field stands in a message: name, colon, value with its folds, and CRLF.</summary>
/// <param name="Start">Of the name.</param>
/// <param name="NameLength">Without white space before the colon.</param>
/// <param name="ValueStart">After the colon.</param>
/// <param name="End">After the CRLF.</param>
internal readonly record struct HeaderField(int Start, int NameLength, int ValueStart, int End)
{
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> content) => content.Slice(Start, NameLength);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> content) => content[ValueStart..End];

    /// <summary>Finds the fields of a message.</summary>
    /// <param name="content">Header and body.</param>
    /// <param name="fields">Cleared, and filled in order; lines that are no field are left out.</param>
    /// <returns>Where the body begins.</returns>
    public static int ReadAll(ReadOnlySpan<byte> content, List<HeaderField> fields)
    {
        fields.Clear();
        var start = 0;
        while (start < content.Length)
        {
            if (content[start..].StartsWith("\r\n"u8))
                return start + 2;
            var end = FieldEnd(content, start);
            var colon = content[start..end].IndexOf((byte)':');
            if (colon > 0)
                fields.Add(new HeaderField(start, content.Slice(start, colon).TrimEnd(" \t"u8).Length, start + colon + 1, end));
            start = end;
        }
        return content.Length;
    }

    private static int FieldEnd(ReadOnlySpan<byte> content, int start)
    {
        while (true)
        {
            var lineEnd = content[start..].IndexOf("\r\n"u8);
            if (lineEnd < 0)
                return content.Length;
            start += lineEnd + 2;
            if (start == content.Length || content[start] is not ((byte)' ' or (byte)'\t'))
                return start;
        }
    }
}
