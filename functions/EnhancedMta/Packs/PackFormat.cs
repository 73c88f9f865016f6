using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;

namespace EnhancedMta.Packs;

/// <summary>
/// A pack's octets: <c>EMP1</c>, length of the rest when unpacked (4, big endian), then compressed: length of the header (4), the header
/// as JSON, the contents one after the other. Personalised copies of one mail have most of it in common, so they are compressed together.
/// </summary>
public static class PackFormat
{
    private const int PreambleLength = 8;

    // A pack is made from at most Batching.MaxBytes of content plus one message; anything beyond is no pack of ours.
    private const int MaxUnpacked = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "EMP1"u8;

    public static BinaryData Write(PackHeader header, IReadOnlyList<ReadOnlyMemory<byte>> contents)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(header, PackJson.Default.PackHeader);
        var total = 4 + json.Length + contents.Sum(c => c.Length);
        using var output = new MemoryStream(total / 2);
        Span<byte> preamble = stackalloc byte[PreambleLength];
        Magic.CopyTo(preamble);
        BinaryPrimitives.WriteInt32BigEndian(preamble[4..], total);
        output.Write(preamble);
        using (var compressed = new ZLibStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, json.Length);
            compressed.Write(length);
            compressed.Write(json);
            foreach (var content in contents)
                compressed.Write(content.Span);
        }

        return new BinaryData(output.GetBuffer().AsMemory(0, (int)output.Length));
    }

    /// <exception cref="InvalidDataException">Not a pack, or a damaged one.</exception>
    public static Pack Read(ReadOnlyMemory<byte> data)
    {
        var span = data.Span;
        if (span.Length < PreambleLength || !span[..4].SequenceEqual(Magic))
            throw new InvalidDataException("Not a pack.");
        var total = BinaryPrimitives.ReadInt32BigEndian(span[4..]);
        if (total is < 4 or > MaxUnpacked)
            throw new InvalidDataException($"A pack of {total} octets cannot be ours.");
        var unpacked = new byte[total];
        using (var compressed = new ZLibStream(BinaryData.FromBytes(data[PreambleLength..]).ToStream(), CompressionMode.Decompress))
            compressed.ReadExactly(unpacked);
        var headerLength = BinaryPrimitives.ReadInt32BigEndian(unpacked);
        if (headerLength < 0 || headerLength > total - 4)
            throw new InvalidDataException("The pack's header is longer than the pack.");
        try
        {
            var header = JsonSerializer.Deserialize(unpacked.AsSpan(4, headerLength), PackJson.Default.PackHeader)
                ?? throw new InvalidDataException("The pack has no header.");
            if (header.Items.Any(i => i.Length < 0) || header.Items.Sum(i => (long)i.Length) != total - 4 - headerLength)
                throw new InvalidDataException("The pack's contents do not add up.");
            return new Pack(header, unpacked.AsMemory(4 + headerLength));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The pack's header cannot be read.", e);
        }
    }
}
