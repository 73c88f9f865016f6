using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace EnhancedMta.Ingestion;

/// <summary>A request's body as its lines are: decompressed, bounded, and no bomb.</summary>
internal sealed class RequestBody : Stream
{
    // Personalised mail of one delivery differs in a few words and compresses well: 50 and more is normal, so a ratio proves nothing while the output is small.
    private const int SuspiciousRatio = 100;
    private const int UnsuspiciousOutput = 10 * 1024 * 1024;

    private readonly Stream _content;
    private readonly CountingStream? _compressed;
    private readonly long _maxTotal;
    private readonly Crc32 _checksum = new();
    private long _produced;

    private RequestBody(Stream content, CountingStream? compressed, long maxTotal) =>
        (_content, _compressed, _maxTotal) = (content, compressed, maxTotal);

    /// <exception cref="RelayRequestException">The encoding is unknown (415).</exception>
    public static RequestBody Open(Stream body, string? contentEncoding, long maxTotal)
    {
        switch (contentEncoding?.Trim().ToLowerInvariant())
        {
            case null or "" or "identity":
                return new RequestBody(body, null, maxTotal);
            case "gzip" or "x-gzip":
                var counted = new CountingStream(body);
                return new RequestBody(new GZipStream(counted, CompressionMode.Decompress, leaveOpen: true), counted, maxTotal);
            default:
                throw new RelayRequestException(415, "Content encoding not supported",
                    "Content-Encoding may be gzip, or absent for an uncompressed body.");
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        try
        {
            count = await _content.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException e) when (_compressed is not null)
        {
            throw BadGzip(e);
        }
        if (_compressed is not null && buffer.Length > 0)
            CheckEnd(buffer.Span[..count]);
        _produced += count;
        Check();
        return count;
    }

    // GZipStream takes a body that was cut for one that ends, so the trailer is compared here (RFC 1952 §2.3.1).
    // A body of several members fails, too: it cannot be told from one that was cut between two of them.
    private void CheckEnd(ReadOnlySpan<byte> read)
    {
        _checksum.Append(read);
        if (read.IsEmpty && (_compressed!.Trailer is not { } trailer
            || (uint)(trailer & uint.MaxValue) != _checksum.GetCurrentHashAsUInt32() || (uint)(trailer >> 32) != (uint)_produced))
            throw BadGzip(null);
    }

    private static RelayRequestException BadGzip(Exception? cause) =>
        new(400, "Compressed body cannot be read",
            "The body is not one valid gzip member, or it was cut. Messages before that point were read; send the request again with the whole body.", cause);

    private void Check()
    {
        if (_produced > _maxTotal)
            throw new RelayRequestException(413, "Request too large",
                $"The body is larger than {_maxTotal} octets after decompression. Messages before that point were read; split the rest into smaller requests.");
        if (_compressed is not null && _produced > UnsuspiciousOutput && _produced / SuspiciousRatio > _compressed.Count)
            throw new RelayRequestException(413, "Compression ratio too high",
                $"The body expands to more than {SuspiciousRatio} times its size. Messages before that point were read; send the rest uncompressed.");
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // The caller's own body stays open: only the decompressor is ours.
        if (disposing && _compressed is not null)
            _content.Dispose();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Counts what was read through it. The decompressor reads ahead by a buffer, which makes the ratio seem lower, never higher.</summary>
    private sealed class CountingStream(Stream inner) : Stream
    {
        private const int TrailerLength = 8;

        private readonly byte[] _last = new byte[TrailerLength];

        public long Count { get; private set; }

        /// <summary>The last eight octets: checksum and length in little-endian order, when there are as many.</summary>
        public ulong? Trailer => Count < TrailerLength ? null : BinaryPrimitives.ReadUInt64LittleEndian(_last);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Count += count;
            var kept = Math.Min(count, TrailerLength);
            _last.AsSpan(kept).CopyTo(_last);
            buffer.Span.Slice(count - kept, kept).CopyTo(_last.AsSpan(TrailerLength - kept));
            return count;
        }

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            await ReadAsync(buffer.AsMemory(offset, count), cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
