using System.Diagnostics;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Smtp;

public sealed class QuotedReplyTests
{
    [Theory]
    [InlineData("550 5.1.1 User unknown", 550, "5.1.1", "5.1.1 User unknown")]
    [InlineData("550-5.1.1 first\n550 5.1.1 second", 550, "5.1.1", "5.1.1 first\n5.1.1 second")]
    [InlineData("550-5.7.1 first 550 5.7.1 second", 550, "5.7.1", "5.7.1 first\n5.7.1 second")]
    [InlineData("host mx.example.com[192.0.2.5] said: 451 4.7.1 later", 451, "4.7.1", "4.7.1 later")]
    [InlineData("5.1.0 - Unknown address error 550-'5.1.1 nobody' (delivery attempts: 0)", 550, "5.1.1", "5.1.1 nobody' (delivery attempts: 0)")]
    [InlineData("Remote Server returned '550 5.7.1 refused'", 550, "5.7.1", "5.7.1 refused")]
    [InlineData("It responded as follows: [550 5.1.1 User unknown]", 550, "5.1.1", "5.1.1 User unknown")]
    [InlineData("Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 nobody", 550, "5.1.1", "ERROR_CODE :5.1.1 nobody")]
    [InlineData("#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##", 550, "5.1.1", "5.1.1 RESOLVER.ADR.RecipNotFound; not found ##")]
    [InlineData("(reason: 550 gone)", 550, null, "gone")]
    [InlineData("550: : User unknown", 550, null, "User unknown")]
    [InlineData("Mailbox full (#5.2.2)", 0, "5.2.2", "Mailbox full (#5.2.2)")]
    [InlineData("it is 550 miles away", 0, null, "it is 550 miles away")]
    [InlineData("There was an error\n550 messages were looked at", 0, null, "There was an error 550 messages were looked at")]
    [InlineData("connect to mx.example.com[192.0.2.5]:25: Connection refused", 0, null, "connect to mx.example.com[192.0.2.5]:25: Connection refused")]
    [InlineData("250 2.0.0 Ok", 0, "2.0.0", "250 2.0.0 Ok")]
    [InlineData("", 0, null, "")]
    public void A_quotation_is_read(string quotation, int code, string? status, string text)
    {
        var reply = QuotedReply.Parse(quotation, SmtpCommand.RcptTo);
        Assert.Equal((code, status, text, SmtpCommand.RcptTo), (reply.Code, reply.Status?.ToString(), reply.Text, reply.Command));
    }

    [Theory]
    [InlineData("version 5.1.1-rc2")]
    [InlineData("192.5.1.1")]
    [InlineData("host-5.1.1.example.com")]
    public void A_version_or_an_address_is_no_status(string text) => Assert.Null(QuotedReply.FindStatus(text));

    [Fact]
    public void Endless_text_is_read_in_no_time_and_capped()
    {
        var clock = Stopwatch.StartNew();
        foreach (var piece in new[] { "550 ", "said: ", "550-5.1.1 ", ": ", "\"'(<[", "error" })
            Assert.InRange(QuotedReply.Parse(string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length))).Text.Length, 0, SmtpReply.MaxTextLength);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
