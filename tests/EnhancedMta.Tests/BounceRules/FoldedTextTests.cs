using CsCheck;
using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("  Mailbox\t\r\n FULL ", "mailbox full")]
    [InlineData("Empfänger überfüllt, straße", "empfanger uberfullt, strase")]
    [InlineData("l’adresse “inconnue”", "l'adresse \"inconnue\"")]
    [InlineData("ＭＡＩＬＢＯＸ　ＦＵＬＬ", "mailbox full")]
    [InlineData("<Full.Mailbox+x@Example.com>: no", "<@>: no")]
    [InlineData("unknown...ada@example.com", "unknown...@")]
    [InlineData("write to ada@example.com. Thanks", "write to @. thanks")]
    [InlineData("a@b@c", "@@")]
    [InlineData("at @ home", "at @ home")]
    [InlineData("@example.com", "@example.com")]
    [InlineData("", "")]
    [InlineData("a\u00a0b\u3000c\u001fd!", "a b c d!")]
    [InlineData("@[`{AZaz", "@[`{azaz")]
    [InlineData("\u2018a\u2019b\u00b4 \u201cc\u201d \u00abd\u00bb", "'a'b' \"c\" \"d\"")]
    [InlineData("a\u2010b\u2011c\u2012d\u2013e\u2014f", "a-b-c-d-e-f")]
    [InlineData("\u00bf\u00c0\u00d7\u00f7\u00ff\u0100\u017f\u0180\u0181", "\u00bfa\u00d7\u00f7yas\u0180\u0253")]
    [InlineData("\uff00\uff01\uff21\uff5a\uff5e\uff5f", "\uff00!az~\uff5f")]
    [InlineData("ΑΒΓ Да", "αβγ да")]
    [InlineData("x ada@a.example b", "x @ b")]
    [InlineData("x ada@mail-1.example: b", "x @: b")]
    [InlineData("ada@1.example", "@")]
    [InlineData("ada@ home", "ada@ home")]
    [InlineData("ada@-home", "ada@-home")]
    [InlineData("ada@", "ada@")]
    [InlineData("(@home", "(@home")]
    [InlineData("ada_l'o-v#1@example.com", "@")]
    [InlineData("ada..b@example.com", "ada..@")]
    [InlineData("Ä.ada@example.com", "@")]
    public void It_is_text_as_rules_see_it(string text, string folded) => Assert.Equal(folded, FoldedText.Fold(text));

    [Fact]
    public void What_is_too_long_is_cut_and_ends_with_no_blank()
    {
        var longest = new string('x', FoldedText.MaxLength);
        Assert.Equal(longest, FoldedText.Fold(longest));
        Assert.Equal(longest, FoldedText.Fold(longest + "y"));
        Assert.Equal(longest[1..], FoldedText.Fold(longest[1..] + " y"));
    }

    [Fact]
    public void Any_text_fits_and_folding_twice_changes_nothing() =>
        Gen.String[Gen.Char, 0, 3_000].Sample(text =>
        {
            var folded = FoldedText.Fold(text);
            Assert.True(folded.Length <= FoldedText.MaxLength);
            Assert.DoesNotContain("  ", folded, StringComparison.Ordinal);
        }, iter: 2_000);
}
