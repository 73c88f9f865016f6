using EnhancedMta.Outages;

namespace EnhancedMta.Tests.Outages;

public sealed class HoldTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0, 1, (int)HoldState.Holding)]
    [InlineData(2, 0, 1, (int)HoldState.Holding)]
    [InlineData(3, 0, 1, (int)HoldState.WasOutage)]
    [InlineData(3, 27, 1, (int)HoldState.WasOutage)]
    [InlineData(3, 100, 1, (int)HoldState.Holding)]
    [InlineData(0, 19, 7, (int)HoldState.Holding)]
    [InlineData(0, 20, 5, (int)HoldState.Holding)]
    [InlineData(0, 20, 6, (int)HoldState.WasReal)]
    [InlineData(1, 100, 6, (int)HoldState.WasReal)]
    [InlineData(50, 20, 6, (int)HoldState.WasOutage)]
    public void What_those_asked_again_say_decides(long accepted, long refused, int hours, int state) =>
        Assert.Equal((HoldState)state, new Hold(HoldState.Holding, Since, "", accepted, refused).Known(Since.AddHours(hours)));

    [Fact]
    public void What_is_decided_stays_so() =>
        Assert.Equal(HoldState.Reversed, new Hold(HoldState.Reversed, Since, "", 0, 1_000).Known(Since.AddDays(1)));
}
