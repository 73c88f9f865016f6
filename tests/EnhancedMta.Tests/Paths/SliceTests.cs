using EnhancedMta.Paths.Slices;

namespace EnhancedMta.Tests.Paths;

public sealed class SliceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_slice_is_five_minutes_by_the_clock_whatever_the_zone()
    {
        var slice = Slice.At(Noon.AddMinutes(7).ToOffset(TimeSpan.FromHours(5.5)));
        Assert.Equal((Noon.AddMinutes(5), Noon.AddMinutes(10)), (slice.Start, slice.End));
        Assert.Equal(Slice.At(Noon.AddMinutes(20)), slice + 3);
    }

    [Fact]
    public void In_its_last_ten_seconds_nothing_more_is_begun()
    {
        Assert.Equal(Slice.At(Noon), Slice.OpenAt(Noon));
        Assert.Equal(Slice.At(Noon), Slice.OpenAt(Noon.AddSeconds(289.9)));
        Assert.Null(Slice.OpenAt(Noon.AddSeconds(290)));
        Assert.Null(Slice.OpenAt(Noon.AddSeconds(299.9)));
        Assert.Equal(Slice.At(Noon) + 1, Slice.OpenAt(Noon.AddSeconds(300)));
    }

    /// <summary>A warm-up's first hour of seven messages has seven, at times of their own.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(11)]
    public void Less_than_twelve_an_hour_are_all_sent_in_it(int hourly)
    {
        var shares = Enumerable.Range(0, 12).Select(i => (Slice.At(Noon) + i).ShareOf(hourly)).ToList();
        Assert.Equal(hourly, shares.Sum());
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
    }
}
