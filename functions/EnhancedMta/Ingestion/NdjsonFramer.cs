using System.Buffers;

namespace EnhancedMta.Ingestion;

/// <summary>Lines of NDJSON: LF or CRLF ends, blank lines counted but skipped, the last line perhaps without an end.</summary>
internal sealed class NdjsonFramer(int maxLine) : RecordFramer
{
    private int _line;
    private long _scanned;
    private bool _skipping;

    public override bool TryTake(ref ReadOnlySequence<byte> buffer, bool completed, out Frame frame)
    {
        while (true)
        {
            // What was looked at before is not looked at again, or a long line would cost the square of its length.
            var end = buffer.Slice(_scanned).PositionOf((byte)'\n');
            if (end is null && !(completed && buffer.Length > 0))
                return NeedMore(ref buffer, out frame);

            var octets = end is { } lf ? buffer.Slice(0, lf) : buffer;
            buffer = end is { } after ? buffer.Slice(buffer.GetPosition(1, after)) : buffer.Slice(buffer.End);
            _scanned = 0;
            if (_skipping)
            {
                // The rest of a line that was reported when it grew too long.
                _skipping = false;
                continue;
            }
            _line++;
            if (octets.Length > maxLine)
            {
                frame = new Frame(_line, default, TooLong: true);
                return true;
            }
            if (IsBlank(octets))
                continue;
            frame = new Frame(_line, octets, TooLong: false);
            return true;
        }
    }

    private bool NeedMore(ref ReadOnlySequence<byte> buffer, out Frame frame)
    {
        frame = default;
        _scanned = buffer.Length;
        if (!_skipping && buffer.Length <= maxLine)
            return false;
        var grewTooLong = !_skipping;
        _skipping = true;
        _scanned = 0;
        buffer = buffer.Slice(buffer.End);
        if (grewTooLong)
            frame = new Frame(++_line, default, TooLong: true);
        return grewTooLong;
    }

    private static bool IsBlank(in ReadOnlySequence<byte> octets)
    {
        foreach (var segment in octets)
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        return true;
    }
}
