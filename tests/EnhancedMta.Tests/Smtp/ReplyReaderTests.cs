using System.Text;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Smtp;

public sealed class ReplyReaderTests
{
    [Theory]
    [InlineData("250 OK\r\n", 250, "OK")]
    [InlineData("250\r\n", 250, "")]
    [InlineData("250 \r\n", 250, "")]
    [InlineData("250 OK\n", 250, "OK")]
    [InlineData("550-5.1.1 No\r\n550 5.1.1 such user\r\n", 550, "5.1.1 No\n5.1.1 such user")]
    [InlineData("550-\r\n550 x\r\n", 550, "\nx")]
    [InlineData("451-a\r\n450 b\r\n", 450, "a\nb")]
    [InlineData("550 Bo\u00eete pleine\r\n", 550, "Bo\u00eete pleine")]
    [InlineData("550 a\tb\u0000c\u001b[31m\r\n", 550, "a b c [31m")]
    public void A_reply_is_read_whatever_its_pieces(string octets, int code, string text)
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Latin1 })
        {
            for (var piece = 1; piece <= octets.Length; piece++)
            {
                var reply = Assert.Single(Read(encoding.GetBytes(octets), piece));
                Assert.Equal(code, reply.Code);
                Assert.Equal(text, reply.Text);
            }
        }
    }

    [Fact]
    public void Pipelined_replies_come_apart()
    {
        var replies = Read("250 2.1.0 a\r\n550-5.1.1 b\r\n550 5.1.1 c\r\n354 d\r\n"u8.ToArray(), 1000);
        Assert.Equal([250, 550, 354], replies.Select(reply => reply.Code));
        Assert.Equal(new EnhancedStatusCode(5, 1, 1), replies[1].Status);
        Assert.Null(replies[2].Status);
    }

    [Theory]
    [InlineData("OK\r\n")]
    [InlineData("25\r\n")]
    [InlineData("2500 x\r\n")]
    [InlineData("150 x\r\n")]
    [InlineData("650 x\r\n")]
    [InlineData("\r\n")]
    [InlineData("250-a\r\nb\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void What_is_no_reply_is_refused(string octets) =>
        Assert.Throws<ReplyFormatException>(() => Read(Encoding.ASCII.GetBytes(octets), 1000));

    [Fact]
    public void A_reply_without_end_is_refused()
    {
        var line = Encoding.ASCII.GetBytes("250-" + new string('x', 96));
        var reader = new ReplyReader();
        Assert.Throws<ReplyFormatException>(() =>
        {
            for (var i = 0; i < 1000; i++)
                reader.Feed(i == 0 ? line : line.AsSpan(4), out _);
        });
    }

    [Fact]
    public void A_long_reply_is_cut_where_a_character_ends()
    {
        var reply = Assert.Single(Read(Encoding.UTF8.GetBytes("550 a" + string.Concat(Enumerable.Repeat("\U0001F600", 3000)) + "\r\n"), 777));
        Assert.Equal(SmtpReply.MaxTextLength - 1, reply.Text.Length);
        Assert.DoesNotContain('\uFFFD', reply.Text);
        Assert.False(char.IsHighSurrogate(reply.Text[^1]));
    }

    private static List<SmtpReply> Read(byte[] octets, int piece)
    {
        var reader = new ReplyReader();
        var replies = new List<SmtpReply>();
        for (var at = 0; at < octets.Length; at += piece)
        {
            var data = octets.AsSpan(at, Math.Min(piece, octets.Length - at));
            while (reader.Feed(data, out var used))
            {
                replies.Add(reader.Take(SmtpCommand.RcptTo));
                data = data[used..];
            }
        }
        Assert.False(reader.IsMidway);
        return replies;
    }
}
