using System.Text;

namespace EnhancedMta.Tests.Ingestion;

/// <summary>One octet a read, as the slowest client would send it; then its end, or a failure.</summary>
internal sealed class TricklingStream(byte[] octets, Exception? failure = null) : ReadOnlyStream
{
    private int _at;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        if (_at == octets.Length)
            return failure is null ? 0 : throw failure;
        buffer.Span[0] = octets[_at++];
        return 1;
    }
}

/// <summary>A text, and then the letter x for ever.</summary>
internal sealed class EndlessStream(string start) : ReadOnlyStream
{
    private readonly byte[] _start = Encoding.UTF8.GetBytes(start);
    private long _at;

    public override long Position { get => _at; set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)'x');
        if (_at < _start.Length)
            buffer = buffer[..Math.Min(buffer.Length, _start.Length - (int)_at)];
        if (_at < _start.Length)
            _start.AsSpan((int)_at, buffer.Length).CopyTo(buffer.Span);
        _at += buffer.Length;
        return ValueTask.FromResult(buffer.Length);
    }
}

internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Requests are read asynchronously only.");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
