using System.Buffers;

namespace EnhancedMta.Ingestion;

/// <summary>Elements of a JSON array, or one object. Looks only at brackets and quotes; whether an element is valid is its parser's affair.</summary>
internal sealed class JsonArrayFramer(int maxLine) : RecordFramer
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{},"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\"u8);

    private State _state = State.Start;
    private int _index;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _skipping;
    private bool _inArray;
    private long _scanned;

    private enum State
    {
        Start,
        /// <summary>Before an element, or the end of an array that has none.</summary>
        First,
        /// <summary>After a comma.</summary>
        Next,
        Element,
        /// <summary>Behind an element: a comma or the end.</summary>
        Behind,
        End,
    }

    public override bool TryTake(ref ReadOnlySequence<byte> buffer, bool completed, out Frame frame)
    {
        frame = default;
        while (true)
        {
            if (_state == State.Element)
                return TakeElement(ref buffer, completed, out frame);
            if (!TrySkipWhitespace(ref buffer, out var next))
            {
                if (completed && _state is not (State.Start or State.End))
                    throw Broken("ends before its closing bracket");
                return false;
            }
            Step(ref buffer, next);
        }
    }

    // One octet between elements.
    private void Step(ref ReadOnlySequence<byte> buffer, byte octet)
    {
        switch (_state, octet)
        {
            case (State.Start, (byte)'['):
                _inArray = true;
                _state = State.First;
                break;
            case (State.Start, (byte)'{'):
                Begin();
                return;
            case (State.Start, _):
                throw Broken("is neither an array of messages nor one message");
            case (State.First or State.Behind, (byte)']'):
                _state = State.End;
                break;
            case (State.Behind, (byte)','):
                _state = State.Next;
                break;
            case (State.First or State.Next, not ((byte)',' or (byte)']' or (byte)'}')):
                Begin();
                return;
            case (State.End, _):
                throw Broken("has something after its end");
            default:
                throw Broken($"has an unexpected '{(octet is > 0x20 and < 0x7F ? (char)octet : '?')}' between its elements");
        }
        buffer = buffer.Slice(1);
    }

    private void Begin()
    {
        _state = State.Element;
        _index++;
        _scanned = 0;
        _depth = 0;
    }

    private bool TakeElement(ref ReadOnlySequence<byte> buffer, bool completed, out Frame frame)
    {
        frame = default;
        var found = FindEnd(buffer.Slice(_scanned), out var length);
        length += _scanned;
        var tooLong = length > maxLine && !_skipping;
        if (!found)
        {
            if (completed)
                throw Broken($"ends inside element {_index}");
            _scanned = length;
            if (!tooLong && !_skipping)
                return false;
            _skipping = true;
            _scanned = 0;
            buffer = buffer.Slice(buffer.End);
        }
        else
        {
            var element = buffer.Slice(0, length);
            buffer = buffer.Slice(length);
            _state = _inArray ? State.Behind : State.End;
            if (_skipping)
            {
                _skipping = false;
                return TryTake(ref buffer, completed, out frame);
            }
            if (!tooLong)
            {
                frame = new Frame(_index, element, TooLong: false);
                return true;
            }
        }
        if (tooLong)
            frame = new Frame(_index, default, TooLong: true);
        return tooLong;
    }

    // The length up to the octet that ends the element: behind its closing bracket, or before the comma or bracket after a bare value.
    private bool FindEnd(in ReadOnlySequence<byte> octets, out long length)
    {
        length = 0;
        foreach (var segment in octets)
        {
            if (FindEnd(segment.Span, out var used))
            {
                length += used;
                return true;
            }
            length += used;
        }
        return false;
    }

    private bool FindEnd(ReadOnlySpan<byte> span, out int used)
    {
        used = 0;
        while (used < span.Length)
        {
            if (_escaped)
            {
                _escaped = false;
                used++;
                continue;
            }
            var at = span[used..].IndexOfAny(_inString ? StringEnd : Structure);
            if (at < 0)
                break;
            used += at;
            var octet = span[used];
            if (octet == '"')
                _inString = !_inString;
            else if (octet == '\\')
                _escaped = true;
            else if (octet is (byte)'{' or (byte)'[')
                _depth++;
            else if (_depth == 0)
                return true;
            else if (octet is (byte)'}' or (byte)']' && --_depth == 0)
            {
                used++;
                return true;
            }
            used++;
        }
        used = span.Length;
        return false;
    }

    // A sequence may begin with an empty segment; the reader steps over it.
    private static bool TrySkipWhitespace(ref ReadOnlySequence<byte> buffer, out byte next)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        buffer = reader.UnreadSequence;
        return reader.TryPeek(out next);
    }

    private static RelayRequestException Broken(string how) =>
        new(400, "Malformed JSON", $"The body {how}. Messages before that point were read; correct the rest and send it again.");
}
