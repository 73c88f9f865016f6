using CsCheck;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Qualification;

/// <summary>As Campaign counts equal replies together: variable parts as #xxx#, addresses as *.</summary>
public sealed class NormalizedReplyTests
{
    [Theory]
    [InlineData("550 5.1.1 <ada@example.com>: User unknown", "550 5.1.1 <*>: User unknown")]
    [InlineData("550 5.1.1 ada@example.com... User unknown", "550 5.1.1 *... User unknown")]
    [InlineData("554 Client host [192.0.2.7] blocked", "554 Client host [#xxx#] blocked")]
    [InlineData("554 Client host [2001:db8::1] blocked", "554 Client host [#xxx#] blocked")]
    [InlineData("421 mx17.mail3.example.net busy", "421 #xxx# busy")]
    [InlineData("550-5.7.1 no 550 5.7.1 way. a1b2si3c4d5e6f.7 - gsmtp", "550 5.7.1 no 5.7.1 way. #xxx# - gsmtp")]
    [InlineData("550 see https://example.com/help?id=12345678&ip=192.0.2.7", "550 see https://example.com/help?#xxx#")]
    [InlineData("451 try at 10:45:03 again", "451 try at #xxx# again")]
    [InlineData("452 limit of 20 per hour", "452 limit of 20 per hour")]
    [InlineData("550 [TSS04] OFR_506 S3150", "550 [TSS04] OFR_506 S3150")]
    [InlineData("Mailbox full", "Mailbox full")]
    [InlineData("550-No such user\n550 here", "550 No such user here")]
    [InlineData("550 too  many   blanks ", "550 too many blanks")]
    [InlineData("550 a\ttab", "550 a tab")]
    // Several in a row say no more than one.
    [InlineData("451 Sat 2026-11-28 10:45:03 host.busy.example.net1 again", "451 Sat #xxx# again")]
    [InlineData("10:45:03 10:45:04 again", "#xxx# again")]
    [InlineData("451 10:45:03 10:45:04, again", "451 #xxx#, again")]
    [InlineData("550 host 1.2.3.4 says no", "550 host #xxx# says no")]
    [InlineData("550 a1.b.c says no", "550 #xxx# says no")]
    [InlineData("451 10:45:03: 10:45:04 again", "451 #xxx#: #xxx# again")]
    [InlineData("451 (10:45:03) (10:45:04)", "451 (#xxx#) (#xxx#)")]
    [InlineData("550 id 12345", "550 id #xxx#")]
    [InlineData("550 error 1234", "550 error 1234")]
    [InlineData("550 version 1.2.3", "550 version 1.2.3")]
    [InlineData("552 more than 4.5 MB", "552 more than 4.5 MB")]
    [InlineData("554 Client host [fe80::1] blocked", "554 Client host [#xxx#] blocked")]
    [InlineData("550 version 1.2.3-4.5", "550 version #xxx#")]
    [InlineData("550 mx1.example.net says no", "550 #xxx# says no")]
    [InlineData("550 mx1.example says no", "550 #xxx# says no")]
    [InlineData("550 v1.0b says no", "550 v1.0b says no")]
    [InlineData("550 abcdefgh9 stays", "550 abcdefgh9 stays")]
    [InlineData("550 abcdefghi9 goes", "550 #xxx# goes")]
    [InlineData("550 mail.example.net says no", "550 mail.example.net says no")]
    [InlineData("550 see https://example.com/help", "550 see https://example.com/help")]
    [InlineData("550 see https://example.com/help#ada", "550 see https://example.com/help##xxx#")]
    [InlineData("550 #5.1.1 unknown", "550 #5.1.1 unknown")]
    [InlineData("550 host 192.0.2.7. Bye", "550 host #xxx#. Bye")]
    [InlineData("550 host 192.0.2.7:25", "550 host #xxx#")]
    [InlineData("550 @ ada@ @example.com", "550 @ ada@ @example.com")]
    [InlineData("550 a@b c", "550 * c")]
    public void It_keeps_what_tells_and_blacks_out_what_varies(string reply, string normalized) =>
        Assert.Equal(normalized, NormalizedReply.Of(QuotedReply.Parse(reply)));

    [Fact]
    public void Blanks_in_a_row_are_one() =>
        Assert.Equal("550 too many blanks", NormalizedReply.Of(new SmtpReply(550, null, "too  many   blanks", SmtpCommand.RcptTo)));

    [Fact]
    public void Two_recipients_of_the_same_answer_are_one_line()
    {
        var lines = Enumerable.Range(0, 50).Select(i => NormalizedReply.Of(QuotedReply.Parse($"550 5.1.1 <user{i}@example.com>: unknown (id {Guid.CreateVersion7():N}) [192.0.2.{i}]"))).Distinct();
        Assert.Single(lines);
    }

    [Fact]
    public void No_address_is_left_in_it() =>
        Gen.Select(OneOf("<", "", "(", "\"", "to=<"), Gen.Int[1, 9999], OneOf(">", "", ")", "\"", ">,", "...")).Sample((before, number, behind) =>
            Assert.DoesNotContain('@', NormalizedReply.Of(QuotedReply.Parse($"550 5.1.1 {before}ada.{number}@example.com{behind} unknown"))));

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
