using EnhancedMta.Feedback.Push;

namespace EnhancedMta.Tests.Feedback;

public sealed class PushBackoffTests
{
    [Fact]
    public void Waits_double_up_to_six_hours_and_are_spread()
    {
        var random = new Random(1);
        for (var failures = 1; failures < 2_000; failures = failures < 30 ? failures + 1 : failures * 2)
        {
            var full = failures > 20 ? PushBackoff.Longest : TimeSpan.FromTicks(Math.Min((PushBackoff.First * Math.Pow(2, failures - 1)).Ticks, PushBackoff.Longest.Ticks));
            var waits = Enumerable.Range(0, 200).Select(_ => PushBackoff.After(failures, null, random)).ToList();
            Assert.All(waits, wait => Assert.InRange(wait, full / 2, full));
            Assert.True(waits.Max() - waits.Min() > full / 4);
        }
    }

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, 1_000_000, 21_600)]
    public void What_the_endpoint_asks_for_counts_within_reason(int failures, int asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), PushBackoff.After(failures, TimeSpan.FromSeconds(asked), new Random(1)));

    [Theory]
    [InlineData(0)]
    [InlineData(-100)]
    public void An_endpoint_cannot_ask_for_less(int asked) => Assert.True(PushBackoff.After(10, TimeSpan.FromSeconds(asked), new Random(1)) > TimeSpan.FromMinutes(10));
}
