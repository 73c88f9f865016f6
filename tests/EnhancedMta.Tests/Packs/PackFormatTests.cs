using System.Security.Cryptography;
using System.Text;
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
