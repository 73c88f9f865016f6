using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace EnhancedMta.Packs;

/// <summary>
/// Makes a pack while its messages come in: content is compressed as it is added, so that a batch in the making holds a fraction of it.
/// </summary>
public sealed class PackWriter : IDisposable
{
    // The lowest level that is meant for ratio. The window holds several copies of a large mail (512 KB): what a copy has in common with another is what makes packs small.
    private const int Level = 1;
    private const int WindowLog = 19;

    private const int MinRoom = 4 * 1024;

    private readonly ArrayBufferWriter<byte> _output = new(16 * MinRoom);
    private readonly List<int> _lengths = [];
    private readonly Compressor _compressor = new(Level);
    private int _total;

    public PackWriter()
    {
        _compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, WindowLog);
        // RFC 8878 §3.1.1: what storage gives back is what was stored, or nothing.
        _compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
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

    public void Dispose() => _compressor.Dispose();

    private void Compress(ReadOnlySpan<byte> source, bool isLast)
    {
        _total += source.Length;
        OperationStatus status;
        do
        {
            status = _compressor.WrapStream(source, _output.GetSpan(MinRoom), out var read, out var written, isLast);
            source = source[read..];
            _output.Advance(written);
        }
        while (!source.IsEmpty || (isLast && status != OperationStatus.Done));
    }
}
