using System.Runtime.Versioning;
using EnhancedMta.Benchmarks.Limits;

namespace EnhancedMta.IntegrationTests.Limits;

/// <summary>What the census of limits calls too many, and what it does not.</summary>
[SupportedOSPlatform("linux")]
public sealed class SiteCensusTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly SiteCensus _census = new(new LimitedSite("site", 2, Connections: 2, MessagesPerConnection: 10, PerSlice: 5, Seconds: 0), TimeSpan.FromSeconds(20));

    [Fact]
    public void A_session_is_one_too_many_unless_another_has_been_left()
    {
        var hasLeft = false;
        _census.Opened(Noon, () => hasLeft);
        _census.Opened(Noon, () => false);
        hasLeft = true;
        _census.Opened(Noon, () => false);
        Assert.Equal((0, 2), (_census.OpenedOverLimit, _census.MostOpen));
        _census.Opened(Noon, () => false);
        Assert.Equal((1, 3), (_census.OpenedOverLimit, _census.MostOpen));
    }

    [Fact]
    public void What_is_seen_at_the_beginning_of_a_slice_may_have_begun_in_the_one_before_when_that_had_room()
    {
        Begin(Noon.AddMinutes(1), 3);
        Begin(Noon.AddMinutes(5).AddSeconds(5), 2);
        Begin(Noon.AddMinutes(6), 5);
        Assert.Equal(0, _census.SlicesSurelyOverLimit);
        // There is none left.
        Begin(Noon.AddMinutes(5).AddSeconds(6), 1);
        Assert.Equal(1, _census.SlicesSurelyOverLimit);
    }

    [Fact]
    public void What_is_seen_later_counts_where_it_is_seen()
    {
        Begin(Noon.AddMinutes(5).AddSeconds(20), 6);
        Assert.Equal(1, _census.SlicesSurelyOverLimit);
    }

    private void Begin(DateTimeOffset at, int count)
    {
        for (var i = 0; i < count; i++)
            _census.Began(at, 1);
    }
}
