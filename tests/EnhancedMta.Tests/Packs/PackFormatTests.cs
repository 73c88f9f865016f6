using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EnhancedMta.Packs;

namespace EnhancedMta.Tests.Packs;

public sealed class PackFormatTests
{
    [Fact]
    public void A_pack_reads_back_as_it_was_written()
    {
        ReadOnlyMemory<byte>[] contents = ["Subject: a\r\n\r\nOne"u8.ToArray(), ReadOnlyMemory<byte>.Empty, RandomNumberGenerator.GetBytes(200_000)];

        using var pack = PackFormat.Read(Write(contents));

        Assert.Equal("delivery~001", pack.Header.Partition);
        Assert.Equal(["m0", "m1", "m2"], pack.Header.Items.Select(i => i.MessageId));
        for (var i = 0; i < contents.Length; i++)
            Assert.Equal(contents[i].ToArray(), pack.Content(i).ToArray());
    }

    [Fact]
    public void Copies_of_a_large_mail_are_kept_once()
    {
        // Larger than the window of deflate, and incompressible by itself.
        var mail = Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(60_000));
        ReadOnlyMemory<byte>[] contents = [.. Enumerable.Range(0, 20).Select(i => (ReadOnlyMemory<byte>)(byte[])[.. Encoding.ASCII.GetBytes($"To: u{i}@example.com\r\n\r\n"), .. mail])];

        var pack = Write(contents);

        Assert.True(pack.Length < 2 * mail.Length, $"{pack.Length} octets");
    }

    [Fact]
    public void A_damaged_pack_is_invalid_data_wherever_the_damage_is()
    {
        ReadOnlyMemory<byte>[] contents = [Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(5_000))];
        var pack = Write(contents);

        Assert.Throws<InvalidDataException>(() => PackFormat.Read([]));
        Assert.Throws<InvalidDataException>(() => PackFormat.Read("not a pack at all"u8));
        for (var length = 0; length < pack.Length; length += 97)
            Assert.Throws<InvalidDataException>(() => PackFormat.Read(pack.AsSpan(0, length)));
        Assert.Throws<InvalidDataException>(() => PackFormat.Read((byte[])[.. pack[..4], 0x7f, 0xff, 0xff, 0xff, .. pack[8..]]));
        Assert.Throws<InvalidDataException>(() => PackFormat.Read((byte[])[.. pack[..4], 0, 0, 0, 20, .. pack[8..]]));
        // One bit of the content is told by the checksum.
        for (var at = PackFormat.PreambleLength + 20; at < pack.Length; at += 97)
            Assert.Throws<InvalidDataException>(() => PackFormat.Read((byte[])[.. pack[..at], (byte)(pack[at] ^ 1), .. pack[(at + 1)..]]));
    }

    [Fact]
    public void Packs_of_before_are_read()
    {
        ReadOnlyMemory<byte>[] contents = ["Subject: a\r\n\r\nOne"u8.ToArray(), "Two"u8.ToArray()];
        var json = JsonSerializer.SerializeToUtf8Bytes(Header(contents), PackJson.Default.PackHeader);
        byte[] unpacked = [.. contents[0].Span, .. contents[1].Span, .. json, 0, 0, (byte)(json.Length >> 8), (byte)json.Length];
        var packed = new byte[unpacked.Length + 100];
        Assert.True(BrotliEncoder.TryCompress(unpacked, packed, out var length));

        using var pack = PackFormat.Read([.. "EMP1"u8, 0, 0, (byte)(unpacked.Length >> 8), (byte)unpacked.Length, .. packed[..length]]);

        Assert.Equal(("delivery~001", "Two"), (pack.Header.Partition, Encoding.ASCII.GetString(pack.Content(1).Span)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_was_added_comes_back(int seed)
    {
        var random = new Random(seed);
        var letter = new byte[300_000];
        random.NextBytes(letter);
        for (var round = 0; round < 20; round++)
        {
            // Alike, not alike, empty, repetitive; small and larger than the window.
            ReadOnlyMemory<byte>[] contents = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => (ReadOnlyMemory<byte>)(random.Next(4) switch
            {
                0 => RandomNumberGenerator.GetBytes(random.Next(700_000)),
                1 => [],
                2 => Enumerable.Repeat((byte)random.Next(256), random.Next(700_000)).ToArray(),
                _ => [.. letter.AsSpan(0, random.Next(letter.Length)), (byte)random.Next(256), .. letter.AsSpan(random.Next(letter.Length))],
            }))];
            using var pack = PackFormat.Read(Write(contents));
            Assert.All(contents.Select((content, i) => (content, i)), c => Assert.True(c.content.Span.SequenceEqual(pack.Content(c.i).Span)));
        }
    }

    [Fact]
    public void A_header_that_does_not_fit_the_contents_makes_no_pack()
    {
        using var writer = new PackWriter();
        writer.Add("One"u8);

        Assert.Throws<ArgumentException>(() => writer.Finish(Header(["Other"u8.ToArray()])));
    }

    [Fact]
    public void Content_cannot_be_had_from_a_pack_that_gave_its_memory_back()
    {
        var pack = PackFormat.Read(Write(["One"u8.ToArray()]));

        pack.Dispose();

        Assert.Throws<ObjectDisposedException>(() => pack.Content(0));
    }

    private static byte[] Write(ReadOnlyMemory<byte>[] contents)
    {
        using var writer = new PackWriter();
        foreach (var content in contents)
            writer.Add(content.Span);
        return writer.Finish(Header(contents)).ToArray();
    }

    private static PackHeader Header(ReadOnlyMemory<byte>[] contents) => new(
        "delivery~001",
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new DateTimeOffset(2026, 1, 4, 12, 0, 0, TimeSpan.Zero),
        [.. contents.Select((c, i) => new PackItem($"m{i}", "user", "example.com", "example.org", c.Length, false))]);
}
