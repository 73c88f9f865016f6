using EnhancedMta.Outages;

namespace EnhancedMta.Tests.Outages;

public sealed class OutageRuleTests
{
    private static readonly UsualRate TwoInAHundred = new(20, 1_000);

    [Theory]
    [InlineData(980, 20, false)]
    [InlineData(950, 50, false)]
    [InlineData(85, 15, false)]
    [InlineData(60, 40, true)]
    [InlineData(10, 25, true)]
    [InlineData(0, 20, true)]
    [InlineData(0, 19, false)]
    public void A_rate_far_beyond_the_usual_one_is_an_outage(long accepted, long unknown, bool isOutage) =>
        Assert.Equal(isOutage, OutageRule.Find(TwoInAHundred, new AnswerCounts(accepted, unknown, 0, 0)) is not null);

    [Fact]
    public void A_site_with_many_wrong_addresses_every_day_is_used_to_them() =>
        Assert.Null(OutageRule.Find(new UsualRate(400, 1_000), new AnswerCounts(60, 40, 0, 0)));

    [Fact]
    public void Without_a_history_a_rate_tells_nothing() => Assert.Null(OutageRule.Find(new UsualRate(1, 100), new AnswerCounts(0, 500, 0, 0)));

    [Theory]
    [InlineData(4, 4, false)]
    [InlineData(5, 5, true)]
    [InlineData(100, 5, false)]
    [InlineData(100, 30, true)]
    public void Addresses_that_took_mail_lately_tell_without_a_history(long covered, long accepted, bool isOutage) =>
        Assert.Equal(isOutage, OutageRule.Find(default, new AnswerCounts(1_000, covered, covered, accepted)) is not null);

    [Fact]
    public void Old_windows_count_less_and_few_answers_are_no_history()
    {
        var rate = default(UsualRate);
        Assert.False(rate.After(new AnswerCounts(150, 0, 0, 0)).IsKnown);
        for (var i = 0; i < 50; i++)
            rate = rate.After(new AnswerCounts(98, 2, 0, 0));
        Assert.True(rate.IsKnown);
        Assert.InRange(rate.Value, 0.019, 0.021);
        for (var i = 0; i < 400; i++)
            rate = rate.After(new AnswerCounts(90, 10, 0, 0));
        Assert.InRange(rate.Value, 0.08, 0.1);
    }
}
