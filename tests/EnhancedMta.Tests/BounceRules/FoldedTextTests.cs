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
    public void It_is_text_as_rules_see_it(string text, string folded) => Assert.Equal(folded, FoldedText.Fold(text));

    [Fact]
    public void Any_text_fits_and_folding_twice_changes_nothing() =>
        Gen.String[Gen.Char, 0, 3_000].Sample(text =>
        {
            var folded = FoldedText.Fold(text);
            Assert.True(folded.Length <= FoldedText.MaxLength);
            Assert.DoesNotContain("  ", folded, StringComparison.Ordinal);
        }, iter: 2_000);
}
