using System.Buffers;
using System.Net.Sockets;

namespace EnhancedMta.Smtp;

/// <summary>
/// A connected socket as a stream that gathers what is written until it is flushed or an answer is read: a message, or a group of
/// pipelined commands, leaves in one piece. The buffer is there only while there is something in it.
/// </summary>
internal sealed class SmtpWire(Socket socket) : Stream
{
    public const int BlockSize = 64 * 1024;

    private byte[]? _block;
    private int _filled;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Nothing came while nobody asked: no closing, no farewell.</summary>
    public bool IsQuiet()
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await FlushAsync(cancellationToken);
        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (SocketException fault)
        {
            throw new IOException(fault.Message, fault);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            _block ??= ArrayPool<byte>.Shared.Rent(BlockSize);
            var part = Math.Min(buffer.Length, _block.Length - _filled);
            buffer[..part].CopyTo(_block.AsMemory(_filled));
            _filled += part;
            buffer = buffer[part..];
            if (_filled == _block.Length)
                await FlushAsync(cancellationToken);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_block is not { } block)
            return;
        try
        {
            for (var sent = 0; sent < _filled;)
                sent += await socket.SendAsync(block.AsMemory(sent, _filled - sent), SocketFlags.None, cancellationToken);
        }
        catch (SocketException fault)
        {
            throw new IOException(fault.Message, fault);
        }
        finally
        {
            (_block, _filled) = (null, 0);
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }
}
