namespace EnhancedMta.Smtp;

/// <summary>What came is no SMTP reply, or has no end.</summary>
internal sealed class ReplyFormatException(string message) : IOException(message);

/// <summary>Gathers the octets of a reply until it is complete (RFC 5321 §4.2). One reader serves a connection, reply after reply.</summary>
internal sealed class ReplyReader
{
    private const int MaxOctets = 64 * 1024;
    // A character takes four octets at most.
    private const int MaxKept = SmtpReply.MaxTextLength * 4;

    private byte[] _text = new byte[256];
    private int _kept;
    private int _octets;
    private int _column;
    private int _code;
    private bool _last;

    /// <summary>A part of a reply came, and not yet its end.</summary>
    public bool IsMidway => _octets > 0;

    /// <summary>Takes octets up to the end of the reply.</summary>
    /// <param name="data">What came from the server.</param>
    /// <param name="used">How many of them belong to this reply.</param>
    /// <returns>The reply is complete: <see cref="Take"/> it.</returns>
    /// <exception cref="ReplyFormatException">No three-digit code, or more than 64 KB.</exception>
    public bool Feed(ReadOnlySpan<byte> data, out int used)
    {
        used = 0;
        while (used < data.Length)
        {
            var rest = data[used..];
            var taken = _column < 4 ? Prefix(rest[0]) : Rest(rest);
            used += taken;
            _octets += taken;
            if (_octets > MaxOctets)
                throw new ReplyFormatException($"a reply of more than {MaxOctets} octets");
            if (_column == 0 && _last)
                return true;
        }
        return false;
    }

    /// <summary>The complete reply, and a fresh start for the next.</summary>
    public SmtpReply Take(SmtpCommand command)
    {
        var text = ReplyText.From(_text.AsSpan(0, _kept));
        var reply = new SmtpReply(_code, EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, command);
        (_kept, _octets, _column, _code, _last) = (0, 0, 0, 0, false);
        return reply;
    }

    // Code and separator. With several lines the last one's code counts; servers that differ between them exist.
    private int Prefix(byte octet)
    {
        if (_column < 3)
        {
            if (octet is < (byte)'0' or > (byte)'9' || (_column == 0 && octet is < (byte)'2' or > (byte)'5'))
                throw new ReplyFormatException("a line that does not begin with a reply code");
            _code = (_column == 0 ? 0 : _code * 10) + octet - '0';
            _column++;
            return 1;
        }
        if (octet is not ((byte)' ' or (byte)'-' or (byte)'\r' or (byte)'\n'))
            throw new ReplyFormatException("a reply code that is not followed by a space or hyphen");
        _last = octet != '-';
        if (_octets > 3)
            Keep("\n"u8);
        // RFC 5321 §4.2: a code alone is a reply too.
        _column = octet == '\n' ? 0 : 4;
        return 1;
    }

    private int Rest(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)'\n');
        var line = end < 0 ? data : data[..end];
        Keep(line is [.. var text, (byte)'\r'] ? text : line);
        if (end < 0)
            return data.Length;
        _column = 0;
        return end + 1;
    }

    private void Keep(ReadOnlySpan<byte> octets)
    {
        octets = octets[..Math.Min(octets.Length, MaxKept - _kept)];
        if (_kept + octets.Length > _text.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _kept + octets.Length));
        octets.CopyTo(_text.AsSpan(_kept));
        _kept += octets.Length;
    }
}
