using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

public sealed class StatusPatternTests
{
    [Theory]
    [InlineData("5.1.1", 5, 1, 1, true)]
    [InlineData("5.1.1", 4, 1, 1, false)]
    [InlineData("5.1.1", 5, 2, 1, false)]
    [InlineData("5.1.1", 5, 1, 2, false)]
    [InlineData("4.1.1", 4, 1, 1, true)]
    [InlineData("x.1.1", 4, 1, 1, true)]
    [InlineData("x.1.1", 5, 1, 1, true)]
    [InlineData("x.1.1", 5, 2, 1, false)]
    [InlineData("x.7.*", 5, 7, 0, true)]
    [InlineData("x.7.*", 5, 7, 999, true)]
    [InlineData("5.7.*", 4, 7, 1, false)]
    [InlineData("5.7.0", 5, 7, 0, true)]
    [InlineData("5.7.0", 5, 7, 1, false)]
    public void It_takes_what_is_written_so(string pattern, int @class, int subject, int detail, bool matches) =>
        Assert.Equal(matches, StatusPattern.Parse(pattern).Matches(new EnhancedStatusCode(@class, subject, detail)));

    [Theory]
    [InlineData("5.1")]
    [InlineData("5.1.1.1")]
    [InlineData("2.1.1")]
    [InlineData("*.1.1")]
    [InlineData("5.x.1")]
    [InlineData("5.*.1")]
    [InlineData("5.1.x")]
    [InlineData("5.-1.1")]
    [InlineData("5.1. 1")]
    [InlineData("5..1")]
    [InlineData("")]
    public void What_is_no_status_of_a_refusal_is_refused(string text) => Assert.Throws<FormatException>(() => StatusPattern.Parse(text));
}
