using EnhancedMta.Retries;

namespace EnhancedMta.Tests.Retries;

public sealed class ValidityPeriodTests
{
    [Theory]
    [InlineData("P5D", "5.00:00:00")]
    [InlineData("PT1H", "01:00:00")]
    [InlineData("P3DT12H", "3.12:00:00")]
    [InlineData("PT90M", "01:30:00")]
    [InlineData("PT1H30M15S", "01:30:15")]
    [InlineData("PT0.5S", "00:00:00.5")]
    [InlineData("PT0,5S", "00:00:00.5")]
    [InlineData("P2W", "14.00:00:00")]
    public void An_iso_8601_duration_is_read(string text, string expected)
    {
        Assert.True(ValidityPeriod.TryParse(text, out var period, out var error), error);
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), period);
    }

    [Theory]
    [InlineData(null, "ISO 8601")]
    [InlineData("", "ISO 8601")]
    [InlineData("P", "ISO 8601")]
    [InlineData("PT", "ISO 8601")]
    [InlineData("P1DT", "ISO 8601")]
    [InlineData("5 days", "ISO 8601")]
    [InlineData("3600", "ISO 8601")]
    [InlineData("-PT1H", "ISO 8601")]
    [InlineData("P-1D", "ISO 8601")]
    [InlineData("PT1H ", "ISO 8601")]
    [InlineData("PT1H\n", "ISO 8601")]
    [InlineData("PT1M1H", "ISO 8601")]
    [InlineData("PT9999999999H", "ISO 8601")]
    [InlineData("P1Y", "years and months")]
    [InlineData("P1M", "years and months")]
    [InlineData("P1Y2M3DT4H", "years and months")]
    [InlineData("PT0S", "longer than zero")]
    [InlineData("P0DT0H", "longer than zero")]
    public void Anything_else_is_refused_with_the_fields_name(string? text, string reason)
    {
        Assert.False(ValidityPeriod.TryParse(text, out _, out var error));
        Assert.StartsWith("validityPeriod: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_than_84_hours_apply()
    {
        Assert.Equal(TimeSpan.FromHours(84), ValidityPeriod.Effective(TimeSpan.FromDays(5)));
        Assert.Equal(TimeSpan.FromHours(1), ValidityPeriod.Effective(TimeSpan.FromHours(1)));
        Assert.Equal(TimeSpan.FromHours(84), ValidityPeriod.Effective(null));
    }

    [Fact]
    public void The_largest_numbers_that_are_read_do_not_overflow()
    {
        Assert.True(ValidityPeriod.TryParse("P99999W999999DT99999999H999999999M999999999S", out var period, out _));
        Assert.Equal(ValidityPeriod.Longest, ValidityPeriod.Effective(period));
    }
}
