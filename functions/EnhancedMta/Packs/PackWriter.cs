using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace EnhancedMta.Packs;

/// <summary>
/// Makes a pack while its messages come in: content is compressed as it is added, so that a batch in the making holds a fraction of it.
/// </summary>
public sealed class PackWriter : IDisposable
{
    // The fastest that finds what an earlier copy has in common, across a window that holds several copies of a large mail (512 KB; deflate's
    // 32 KB hold none). Measured on 60 KB letters: 21 times smaller in half the time that deflate takes to make them half as large.
    private const int Quality = 2;
    private const int WindowBits = 19;

    private const int MinRoom = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(16 * MinRoom);
    private readonly List<int> _lengths = [];
    private BrotliEncoder _encoder = new(Quality, WindowBits);
    private int _total;

    public PackWriter()
    {
        // Filled in at the end.
        _output.GetSpan(PackFormat.PreambleLength)[..PackFormat.PreambleLength].Clear();
        _output.Advance(PackFormat.PreambleLength);
    }

    /// <summary>Appends the content of the next message.</summary>
    public void Add(ReadOnlySpan<byte> content)
    {
        Compress(content, isLast: false);
        _lengths.Add(content.Length);
    }

    /// <summary>Ends the pack.</summary>
    /// <param name="header">Its items are what was added, in that order.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public BinaryData Finish(PackHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (!header.Items.Select(i => i.Length).SequenceEqual(_lengths))
            throw new ArgumentException("The header names other contents than were added.", nameof(header));
        var json = JsonSerializer.SerializeToUtf8Bytes(header, PackJson.Default.PackHeader);
        Compress(json, isLast: false);
        Span<byte> length = stackalloc byte[PackFormat.TrailerLength];
        BinaryPrimitives.WriteInt32BigEndian(length, json.Length);
        Compress(length, isLast: true);

        var pack = _output.WrittenSpan.ToArray();
        PackFormat.WritePreamble(pack, _total);
        return new BinaryData(pack);
    }

    public void Dispose() => _encoder.Dispose();

    private void Compress(ReadOnlySpan<byte> source, bool isLast)
    {
        _total += source.Length;
        OperationStatus status;
        do
        {
            status = _encoder.Compress(source, _output.GetSpan(MinRoom), out var read, out var written, isLast);
            source = source[read..];
            _output.Advance(written);
        }
        while (status == OperationStatus.DestinationTooSmall);
    }
}
