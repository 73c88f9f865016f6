using EnhancedMta.Paths.Leases;

namespace EnhancedMta.Tests.Paths;

/// <summary>Leave to open connections, by the minute.</summary>
public sealed class OpeningCountTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(15, 15)]
    [InlineData(16, 15)]
    [InlineData(100, 94)]
    public void One_in_sixteen_is_left_for_transactional_mail(int limit, int usual) => Assert.Equal(usual, OpeningCount.UsualOf(limit));

    [Fact]
    public void Leave_that_was_not_used_is_there_again_in_its_own_minute_only()
    {
        var count = new OpeningCount(1_000, 7);
        Assert.Equal(new OpeningCount(1_000, 4), count.GiveBack(1_000, 3));
        Assert.Equal(new OpeningCount(1_000, 0), count.GiveBack(1_000, 9));
        Assert.Equal(count, count.GiveBack(999, 3));
    }
}
