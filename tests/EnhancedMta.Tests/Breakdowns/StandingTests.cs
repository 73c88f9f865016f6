using Azure.Data.Tables;
using EnhancedMta.Breakdowns;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Tests.Breakdowns;

public sealed class StandingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(MessageState.Queued, 0, 0, 0)]
    [InlineData(MessageState.Waiting, 0, 0, 1)]
    [InlineData(MessageState.Delivered, 1, 0, 0)]
    [InlineData(MessageState.Bounced, 0, 1, 0)]
    [InlineData(MessageState.Expired, 0, 1, 0)]
    public void A_message_counts_by_its_state(MessageState state, int delivered, int failed, int waiting) =>
        Assert.Equal(new MessageTally(1, delivered, failed, waiting, 3), new Standing("example.com", "google", state, Deferrals: 3).Tally);

    [Fact]
    public void Tallies_add_and_subtract_by_name_as_by_sign()
    {
        var (a, b) = (new MessageTally(10, 20, 30, 40, 50), new MessageTally(1, 2, 3, 4, 5));
        Assert.Equal(new MessageTally(11, 22, 33, 44, 55), MessageTally.Add(a, b));
        Assert.Equal(new MessageTally(9, 18, 27, 36, 45), MessageTally.Subtract(a, b));
    }

    /// <summary>A result may be settled in the hour after it came.</summary>
    [Fact]
    public void A_failure_counts_in_the_hour_in_which_it_came()
    {
        var breakdown = new Breakdown();
        breakdown.Move(new Standing("example.com", null, MessageState.Queued), new Standing("example.com", null, MessageState.Bounced, Finished: Noon.AddMinutes(-1)), Noon);
        Assert.Equal((Noon.AddHours(-1), new HourTally(0, 0, 1, 0)), Assert.Single(breakdown.TimeLine.Hours));
        var row = new TableEntity("d~000", "c");
        breakdown.WriteTo(row);
        Assert.False(row.ContainsKey("Providers"));
    }
}
