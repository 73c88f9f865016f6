using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class SampleTests
{
    [Fact]
    public void A_long_reply_is_cut_between_letters()
    {
        var x = new string('x', 511);
        Assert.Equal(x + "x", Sample.Cut(x + "x"));
        Assert.Equal(x + "x", Sample.Cut(x + "xx"));
        Assert.Equal(x, Sample.Cut(x + "😀"));
        Assert.Equal(x[1..] + "😀", Sample.Cut(x[1..] + "😀 and more"));
        Assert.Equal("ab", Sample.Cut("abc", 2));
        Assert.Null(Sample.Cut(null));
    }
}
