using System.Text;

namespace EnhancedMta.Ingestion;

/// <summary>Walks over the header fields of a message with CRLF line ends (RFC 5322 §2.2).</summary>
internal ref struct HeaderFields(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>After the last field: what follows the blank line, empty when there is none.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    public HeaderField Current { get; private set; }

    /// <exception cref="InvalidLineException">A line is neither a field nor a continuation; <paramref name="what"/> names the message.</exception>
    public bool MoveNext(string what)
    {
        if (_rest.IsEmpty)
            return false;
        if (_rest.StartsWith("\r\n"u8))
        {
            Body = _rest[2..];
            _rest = default;
            return false;
        }
        var colon = _rest.IndexOf((byte)':');
        if (colon <= 0 || _rest[..colon].ContainsAnyExceptInRange((byte)33, (byte)126))
            throw new InvalidLineException(what, "the header has a line that is not 'Name: value'; is the blank line between header and body missing?");

        var length = 0;
        var longest = 0;
        do
        {
            var line = _rest[length..].IndexOf("\r\n"u8);
            var octets = line < 0 ? _rest.Length - length : line;
            longest = Math.Max(longest, octets);
            length += octets + (line < 0 ? 0 : 2);
        }
        while (length < _rest.Length && _rest[length] is (byte)' ' or (byte)'\t');
        Current = new HeaderField(_rest[..length], colon, longest);
        _rest = _rest[length..];
        return true;
    }
}

/// <summary>A header field with its folded lines.</summary>
internal readonly ref struct HeaderField(ReadOnlySpan<byte> octets, int nameLength, int longestLine)
{
    /// <summary>Name, colon, value, and the last line's end unless the message ends there.</summary>
    public ReadOnlySpan<byte> Octets { get; } = octets;

    public int LongestLine { get; } = longestLine;

    public ReadOnlySpan<byte> Name => Octets[..nameLength];

    public ReadOnlySpan<byte> Value => Octets[(nameLength + 1)..].Trim(" \t\r\n"u8);

    public bool Is(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    public string NameText => Encoding.ASCII.GetString(Name);
}
