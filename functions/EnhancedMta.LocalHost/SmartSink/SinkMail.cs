using System.Buffers;
using System.Text;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Reads the data of a message as it comes in: finds its end, counts it, and keeps of its header what the ledger wants.</summary>
internal sealed class SinkMail
{
    // Of a line that never ends, this much is let go at a time.
    private const int LongLine = 64 * 1024;

    private bool _afterLineEnd = true;
    private bool _isHeader = true;
    private bool _isMessageId;

    /// <summary>Octets as received, the final dot left out.</summary>
    public long Size { get; private set; }

    /// <summary>With its angle brackets.</summary>
    public string? MessageId { get; private set; }

    /// <summary>There is a DKIM-Signature field. Whether it is good is not looked at.</summary>
    public bool IsSigned { get; private set; }

    /// <summary>Takes what <paramref name="data"/> has of the message, and leaves what comes after it.</summary>
    /// <returns>True once the end was found. Only CRLF.CRLF ends a message (RFC 5321 §4.1.1.4).</returns>
    public bool Feed(ref ReadOnlySequence<byte> data)
    {
        var reader = new SequenceReader<byte>(data);
        while (reader.TryReadTo(out ReadOnlySpan<byte> line, (byte)'\n'))
        {
            if (_afterLineEnd && line.SequenceEqual(".\r"u8))
            {
                data = data.Slice(reader.Position);
                return true;
            }
            Size += line.Length + 1;
            if (_isHeader) ReadHeader(line);
            _afterLineEnd = line.EndsWith("\r"u8);
        }
        data = data.Slice(reader.Position);
        if (data.Length > LongLine)
        {
            Size += data.Length;
            _afterLineEnd = false;
            data = data.Slice(data.End);
        }
        return false;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd((byte)'\r');
        if (line.IsEmpty)
        {
            _isHeader = false;
            return;
        }
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (_isMessageId) MessageId += Text(line);
            return;
        }
        _isMessageId = IsField(line, "Message-ID:"u8);
        if (_isMessageId) MessageId = Text(line["Message-ID:".Length..]);
        IsSigned |= IsField(line, "DKIM-Signature:"u8);
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length >= name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name);

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets).Trim();
}
