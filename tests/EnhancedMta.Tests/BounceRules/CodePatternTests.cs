using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

public sealed class CodePatternTests
{
    [Theory]
    [InlineData("550", 550, 550)]
    [InlineData("55x", 550, 559)]
    [InlineData("5xx", 500, 599)]
    [InlineData("4xx", 400, 499)]
    [InlineData("42x", 420, 429)]
    public void An_x_stands_for_any_digit(string text, int from, int to) => Assert.Equal(new CodePattern(from, to), CodePattern.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("55")]
    [InlineData("5500")]
    [InlineData("250")]
    [InlineData("xxx")]
    [InlineData("5x0")]
    [InlineData("55y")]
    [InlineData("5 1")]
    [InlineData("5-1")]
    public void What_is_no_refusals_code_is_refused(string text) => Assert.Throws<FormatException>(() => CodePattern.Parse(text));

    [Theory]
    [InlineData("55x", 549, false)]
    [InlineData("55x", 550, true)]
    [InlineData("55x", 559, true)]
    [InlineData("55x", 560, false)]
    [InlineData("550", 550, true)]
    [InlineData("550", 551, false)]
    public void It_takes_the_codes_that_begin_so(string pattern, int code, bool matches) => Assert.Equal(matches, CodePattern.Parse(pattern).Matches(code, 5));

    [Theory]
    [InlineData("5xx", 5, true)]
    [InlineData("5xx", 4, false)]
    [InlineData("4xx", 4, true)]
    [InlineData("55x", 5, false)]
    [InlineData("500", 5, false)]
    public void A_reply_without_a_code_is_all_codes_of_its_severity_or_none(string pattern, int severity, bool matches) =>
        Assert.Equal(matches, CodePattern.Parse(pattern).Matches(0, severity));
}
