using CsCheck;
using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

public sealed class RecentEndsTests
{
    [Fact]
    public void It_knows_each_end_within_its_reach() =>
        Gen.Select(Gen.Int[1, 40].Array[1, 30], Gen.Int[0, RecentEnds.Reach - Phrase.MaxGap]).Sample((steps, back) =>
        {
            var recent = new RecentEnds();
            var ends = new List<int>();
            foreach (var step in steps)
            {
                ends.Add((ends.Count > 0 ? ends[^1] : 0) + step);
                recent.Add(ends[^1]);
            }
            var position = ends[^1] - back;
            if (position >= 0)
                Assert.Equal(ends.Any(e => e <= position && position - e <= Phrase.MaxGap), recent.IsNear(position, Phrase.MaxGap));
            for (var ahead = 0; ahead <= Phrase.MaxGap + 2; ahead++)
                Assert.Equal(ends.Any(e => ends[^1] + ahead - e <= Phrase.MaxGap), recent.IsNear(ends[^1] + ahead, Phrase.MaxGap));
        });

    [Fact]
    public void Nothing_is_near_before_anything_was_added() => Assert.False(new RecentEnds().IsNear(0, Phrase.MaxGap));

    [Theory]
    [InlineData(61, true)]
    [InlineData(62, false)]
    [InlineData(68, false)]
    [InlineData(127, false)]
    [InlineData(128, true)]
    [InlineData(188, true)]
    [InlineData(189, false)]
    public void An_end_is_known_as_far_back_as_it_reaches(int position, bool isNear)
    {
        var recent = new RecentEnds();
        recent.Add(1);
        recent.Add(1 + RecentEnds.Reach);
        Assert.Equal(isNear, recent.IsNear(position, Phrase.MaxGap));
    }

    [Fact]
    public void What_is_further_back_is_forgotten()
    {
        var recent = new RecentEnds();
        recent.Add(1);
        recent.Add(3);
        // As far as there are bits, which a shift takes for no way at all.
        recent.Add(131);
        Assert.False(recent.IsNear(130, Phrase.MaxGap));
        Assert.True(recent.IsNear(131, 0));
    }
}
