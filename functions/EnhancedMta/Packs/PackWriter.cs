using System.Buffers.Binary;
using System.Text.Json;
using EnhancedMta.Packs.Brotli;

namespace EnhancedMta.Packs;

/// <summary>
/// Makes a pack while its messages come in: content is compressed as it is added, so that a batch in the making holds a fraction of it.
/// </summary>
public sealed class PackWriter : IDisposable
{
    private readonly LetterCompressor _compressor = new();
    private readonly List<int> _lengths = [];

    /// <summary>Appends the content of the next message.</summary>
    public void Add(ReadOnlySpan<byte> content)
    {
        _compressor.Add(content);
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
        _compressor.Add(json);
        Span<byte> length = stackalloc byte[PackFormat.TrailerLength];
        BinaryPrimitives.WriteInt32BigEndian(length, json.Length);
        _compressor.Add(length);

        var compressed = _compressor.Finish();
        var pack = GC.AllocateUninitializedArray<byte>(PackFormat.PreambleLength + compressed.Length);
        PackFormat.WritePreamble(pack, _compressor.Length);
        compressed.CopyTo(pack.AsSpan(PackFormat.PreambleLength));
        return new BinaryData(pack);
    }

    public void Dispose() => _compressor.Dispose();
}
