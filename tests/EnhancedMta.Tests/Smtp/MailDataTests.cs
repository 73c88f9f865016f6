using System.Text;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Smtp;

public sealed class MailDataTests
{
    [Theory]
    [InlineData("", ".|")]
    [InlineData("a|", "a|.|")]
    [InlineData("a", "a|.|")]
    [InlineData(".|", "..|.|")]
    [InlineData("..a|.|b.|", "...a|..|b.|.|")]
    [InlineData("|.|", "|..|.|")]
    [InlineData("a.b|c|", "a.b|c|.|")]
    public async Task Dots_that_begin_a_line_are_doubled(string data, string sent) =>
        Assert.Equal(sent, await WriteAsync(data));

    [Theory]
    [InlineData(-3)]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_line_that_begins_at_the_end_of_a_block_is_seen(int offset)
    {
        var before = new string('x', SmtpWire.BlockSize + offset);
        Assert.Equal($"{before}|..y|.|", await WriteAsync($"{before}|.y|"));
    }

    [Fact]
    public async Task Blocks_are_never_longer_than_the_wire_s()
    {
        var blocks = 0;
        await MailData.WriteAsync(Mail("", new byte[10 * SmtpWire.BlockSize]), Stream.Null, () => blocks++, default);
        Assert.Equal(11, blocks);
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "ab|", 4)]
    [InlineData("", "ab", 4)]
    [InlineData("", ".|", 3)]
    [InlineData("X:|", "", 4)]
    [InlineData("X:|", "ab", 8)]
    public void Size_counts_line_ends_and_no_added_dots(string leading, string data, int size) => Assert.Equal(size, MailData.Size(Mail(leading, Octets(data))));

    [Theory]
    [InlineData("X:|", "", "X:|.|")]
    [InlineData("X:|", "a|", "X:|a|.|")]
    [InlineData("X:|", "a", "X:|a|.|")]
    [InlineData("X:|", ".|", "X:|..|.|")]
    [InlineData("X:|", ".", "X:|..|.|")]
    [InlineData("X:|", "|.|", "X:||..|.|")]
    [InlineData("X:|", "|", "X:||.|")]
    [InlineData(".X:|.Y:|", ".a|", "..X:|..Y:|..a|.|")]
    public async Task Data_after_leading_fields_begins_a_line(string leading, string data, string sent) =>
        Assert.Equal(sent, await WriteAsync(data, leading));

    [Theory]
    [InlineData("X: a")]
    [InlineData("X: a\r")]
    [InlineData("X: a\n")]
    public void Leading_fields_without_an_end_make_no_mail(string leading) =>
        Assert.Throws<ArgumentException>(() => Mail(leading, []));

    // Line ends are written as | here.
    private static async Task<string> WriteAsync(string data, string leading = "")
    {
        using var stream = new MemoryStream();
        await MailData.WriteAsync(Mail(leading, Octets(data)), stream, () => { }, default);
        return Encoding.ASCII.GetString(stream.ToArray()).Replace("\r\n", "|", StringComparison.Ordinal);
    }

    private static OutboundMail Mail(string leading, byte[] data) => new("a@example.com", "b@example.net", data, false, false) { Leading = Octets(leading) };

    private static byte[] Octets(string text) => Encoding.ASCII.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));
}
