using System.Text;
using EnhancedMta.Deliveries;

namespace EnhancedMta.Tests.Deliveries;

/// <summary>What fuzz found: texts that are no Unicode are the caller's fault, and told, wherever they stand.</summary>
public sealed class DeclarationReaderTests
{
    [Theory]
    [InlineData("""{"label":"a\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"metadata":{"x":"\ud800"}}""")]
    [InlineData("{\"label\":\"a\u00e9\"}")]
    [InlineData("{\"a\u00e9\":1}")]
    public void A_text_that_is_no_unicode_is_the_bodys_fault(string json)
    {
        var error = Assert.Single(DeclarationReader.Read("DM42", Encoding.Latin1.GetBytes(json), out var declaration));
        Assert.Null(declaration);
        Assert.Equal("body", error.Field);
        Assert.Contains("broken UTF-8, or half a surrogate pair", error.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Escapes_and_characters_beyond_ascii_are_texts_like_others()
    {
        Assert.Empty(DeclarationReader.Read("DM42", """{"label":"Été \ud83d\ude00","\u0073ender":"news@shop.example"}"""u8.ToArray(), out var declaration));
        Assert.Equal(("Été 😀", "news@shop.example"), (declaration!.Label, declaration.Sender));
    }
}
