using System.IO.Compression;
using System.Text;
using EnhancedMta.Ingestion;

namespace EnhancedMta.Tests.Ingestion;

public sealed class GzipTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 300).Select(i => Relay.Line(i, mime: Relay.Mime + Guid.NewGuid()) + "\n")));

    [Theory]
    [InlineData("gzip")]
    [InlineData(" GZIP ")]
    [InlineData("x-gzip")]
    public async Task A_compressed_body_is_read(string encoding) =>
        Assert.Equal(300, (await Relay.ReadAsync(Relay.Gzip(Body), encoding: encoding)).Count);

    [Fact]
    public async Task A_body_of_equal_messages_may_compress_well()
    {
        // 8 MB at a ratio far above 100: nothing to worry about.
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Relay.Line(1, mime: Relay.Mime + new string('x', 900)) + "\n", 7_000)));
        var compressed = Relay.Gzip(body, CompressionLevel.SmallestSize);
        Assert.True(body.Length / compressed.Length > 100);
        Assert.Equal(7_000, (await Relay.ReadAsync(compressed, encoding: "gzip")).Count);
    }

    [Fact]
    public async Task A_bomb_fails_early_and_what_came_before_it_stays()
    {
        // 1 GB of zeros behind two messages. The limits on lines and total are out of the way.
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Relay.Line("a") + "\n" + Relay.Line("b") + "\n"));
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 200; i++)
                gzip.Write(zeros);
        }
        var limits = new IngestionLimits { MaxLine = int.MaxValue, MaxTotal = long.MaxValue };
        var (lines, failure) = await Relay.ReadFailingAsync(output.ToArray(), encoding: "gzip", limits: limits);
        Assert.Equal(["a", "b"], lines.Select(line => Relay.Message(line).MessageId));
        Assert.Equal(413, failure.Status);
        Assert.Contains("100 times", failure.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_total_counts_after_decompression()
    {
        var (lines, failure) = await Relay.ReadFailingAsync(Relay.Gzip(Body), encoding: "gzip", limits: new IngestionLimits { MaxTotal = Body.Length / 2 });
        Assert.Equal(413, failure.Status);
        Assert.InRange(lines.Count, 0, 200);
    }

    [Fact]
    public async Task A_body_cut_anywhere_fails_and_never_takes_a_part_of_a_line_for_a_line()
    {
        var compressed = Relay.Gzip(Body);
        for (var length = 0; length < compressed.Length; length += length < 20 || length > compressed.Length - 20 ? 1 : 997)
        {
            var (lines, failure) = await Relay.ReadFailingAsync(compressed[..length], encoding: "gzip");
            Assert.Equal(400, failure.Status);
            Assert.All(lines, line => Assert.IsType<IncomingMessage>(line));
        }
    }

    [Fact]
    public async Task A_damaged_body_fails()
    {
        var compressed = Relay.Gzip(Body);
        foreach (var at in new[] { 0, 3, compressed.Length / 2, compressed.Length - 6, compressed.Length - 1 })
        {
            var damaged = (byte[])compressed.Clone();
            damaged[at] ^= 0x55;
            Assert.Equal(400, (await Relay.ReadFailingAsync(damaged, encoding: "gzip")).Failure.Status);
        }
        Assert.Equal(400, (await Relay.ReadFailingAsync(Body, encoding: "gzip")).Failure.Status);
        Assert.Equal(400, (await Relay.ReadFailingAsync([.. compressed, 1, 2, 3], encoding: "gzip")).Failure.Status);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task Another_encoding_fails_with_415(string encoding) =>
        Assert.Equal(415, (await Relay.ReadFailingAsync(Body, encoding: encoding)).Failure.Status);

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    public async Task No_encoding_is_fine(string? encoding) => Assert.Equal(300, (await Relay.ReadAsync(Body, encoding: encoding)).Count);
}
