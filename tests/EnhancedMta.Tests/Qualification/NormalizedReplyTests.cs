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
    public void It_keeps_what_tells_and_blacks_out_what_varies(string reply, string normalized) =>
        Assert.Equal(normalized, NormalizedReply.Of(QuotedReply.Parse(reply)));

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
