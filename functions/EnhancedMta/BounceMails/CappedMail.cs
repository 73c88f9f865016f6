namespace EnhancedMta.BounceMails;

/// <summary>
/// A mail's stream with an end: no more than <see cref="MaxLength"/> octets, and of an endless line only its beginning, since the parser holds
/// a whole header field. Keeps the first octets for when the parser finds no header at all. Does not own the stream below.
/// </summary>
internal sealed class CappedMail(Stream mail) : Stream
{
    public const int MaxLength = 64 * 1024 * 1024;
    private const int MaxLine = 256 * 1024;
    private const int MaxBeginning = 64 * 1024;

    private readonly MemoryStream _beginning = new();
    private long _total;
    private int _line;
    private bool _hasBegun;

    public ReadOnlyMemory<byte> Beginning => _beginning.GetBuffer().AsMemory(0, (int)_beginning.Length);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_total < MaxLength && mail.Read(buffer) is var count and > 0)
        {
            if (Kept(buffer[..count]) is var kept and > 0)
                return kept;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_total < MaxLength && await mail.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            if (Kept(buffer.Span[..count]) is var kept and > 0)
                return kept;
        }
        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Moves what is kept to the front of the buffer.
    private int Kept(Span<byte> buffer)
    {
        _total += buffer.Length;
        var kept = 0;
        var begin = 0;
        // Blank lines before the header would make all of it the body.
        if (!_hasBegun)
        {
            var first = buffer.IndexOfAnyExcept(" \t\r\n"u8);
            _hasBegun = first >= 0;
            begin = first >= 0 ? first : buffer.Length;
        }
        for (var at = begin; at < buffer.Length;)
        {
            var end = buffer[at..].IndexOf((byte)'\n');
            var length = end < 0 ? buffer.Length - at : end + 1;
            var room = Math.Min(end < 0 ? length : length - 1, Math.Max(0, MaxLine - _line));
            buffer.Slice(at, room).CopyTo(buffer[kept..]);
            kept += room;
            _line += length;
            if (end >= 0)
            {
                buffer[kept++] = (byte)'\n';
                _line = 0;
            }
            at += length;
        }
        _beginning.Write(buffer[..(int)Math.Min(kept, MaxBeginning - _beginning.Length)]);
        return kept;
    }
}
