using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using ZstdSharp;

namespace EnhancedMta.Packs;

/// <summary>
/// A pack's octets: <c>EMP2</c>, length of the rest when unpacked (4, big endian), then by Zstandard (RFC 8878), with a checksum: the contents one after the other,
/// the header as JSON, its length (4). Personalised copies of one mail have most of it in common, so they are compressed together. <c>EMP1</c> is the same by Brotli (RFC 7932): it is
/// read, and not written any more.
/// </summary>
internal static class PackFormat
{
    public const int PreambleLength = 8;
    public const int TrailerLength = 4;

    // A pack is made from at most BatchBuilder.MaxBytes of content plus one message; anything beyond is no pack of ours.
    private const int MaxUnpacked = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "EMP2"u8;

    private static ReadOnlySpan<byte> BrotliMagic => "EMP1"u8;

    public static void WritePreamble(Span<byte> pack, int unpacked)
    {
        Magic.CopyTo(pack);
        BinaryPrimitives.WriteInt32BigEndian(pack[Magic.Length..], unpacked);
    }

    /// <exception cref="InvalidDataException">Not a pack, or a damaged one.</exception>
    public static Pack Read(ReadOnlySpan<byte> data)
    {
        var isBrotli = data.StartsWith(BrotliMagic);
        if (data.Length < PreambleLength || !(isBrotli || data.StartsWith(Magic)))
            throw new InvalidDataException("Not a pack.");
        var total = BinaryPrimitives.ReadInt32BigEndian(data[Magic.Length..]);
        if (total is < TrailerLength or > MaxUnpacked)
            throw new InvalidDataException($"A pack of {total} octets cannot be ours.");
        // Megabytes for each batch: arrays that are used again instead of the large object heap, whose garbage is collected last.
        var unpacked = ArrayPool<byte>.Shared.Rent(total);
        try
        {
            var packed = data[PreambleLength..];
            var isWhole = isBrotli ? BrotliDecoder.TryDecompress(packed, unpacked, out var length) : TryDecompress(packed, unpacked.AsSpan(0, total), out length);
            if (!isWhole || length != total)
                throw new InvalidDataException("The pack is cut or damaged.");
            return new Pack(ReadHeader(unpacked.AsSpan(0, total)), unpacked);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(unpacked);
            throw;
        }
    }

    private static bool TryDecompress(ReadOnlySpan<byte> packed, Span<byte> unpacked, out int length)
    {
        using var decompressor = new Decompressor();
        try
        {
            return decompressor.TryUnwrap(packed, unpacked, out length);
        }
        catch (ZstdException)
        {
            length = 0;
            return false;
        }
    }

    private static PackHeader ReadHeader(ReadOnlySpan<byte> unpacked)
    {
        var contents = unpacked.Length - TrailerLength - BinaryPrimitives.ReadInt32BigEndian(unpacked[^TrailerLength..]);
        if (contents < 0 || contents > unpacked.Length - TrailerLength)
            throw new InvalidDataException("The pack's header is longer than the pack.");
        try
        {
            var header = JsonSerializer.Deserialize(unpacked[contents..^TrailerLength], PackJson.Default.PackHeader)
                ?? throw new InvalidDataException("The pack has no header.");
            if (header.Items.Any(i => i.Length < 0) || header.Items.Sum(i => (long)i.Length) != contents)
                throw new InvalidDataException("The pack's contents do not add up.");
            return header;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The pack's header cannot be read.", e);
        }
    }
}
