using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using static EnhancedMta.Tests.Paths.Adaptation.AdaptedPath;

namespace EnhancedMta.Tests.Paths.Adaptation;

public sealed class RateTests
{
    [Theory]
    [InlineData(80, 0, 20, 0, MoveCause.Throttled, PathMode.Reduced)]
    [InlineData(950, 0, 49, 0, null, PathMode.Normal)]
    [InlineData(950, 0, 51, 0, MoveCause.Throttled, PathMode.Reduced)]
    [InlineData(90, 0, 9, 0, null, PathMode.Normal)]
    [InlineData(79, 21, 0, 0, MoveCause.Deferrals, PathMode.Reduced)]
    [InlineData(81, 19, 0, 0, null, PathMode.Normal)]
    [InlineData(960, 0, 0, 40, MoveCause.Blocks, PathMode.Reduced)]
    [InlineData(980, 0, 0, 20, null, PathMode.Normal)]
    [InlineData(88, 0, 0, 12, MoveCause.Blocks, PathMode.Suspended)]
    // Too little to say anything.
    [InlineData(10, 0, 0, 20, null, PathMode.Normal)]
    public void A_share_over_an_hour_counts_as_an_objection_when_the_sample_is_large_enough(
        int delivered, int deferred, int throttled, int blocked, MoveCause? cause, PathMode mode)
    {
        var path = new AdaptedPath(NewRule(5_000));
        path.Answers(delivered);
        path.Minutes(20);
        path.Answers(0, deferred / 2, throttled / 2, blocked / 2, addressOnly: 1);
        path.Minutes(20);
        var moves = path.Answers(0, deferred - deferred / 2, throttled - throttled / 2, blocked - blocked / 2, addressOnly: 1);
        Assert.Equal(cause, path.Moves.SingleOrDefault()?.Cause);
        Assert.Equal(mode, path.Mode);
        if (cause is not null)
            Assert.NotNull(Assert.Single(moves).Sample);
    }

    [Fact]
    public void Answers_about_addresses_never_count_against_the_path()
    {
        var path = new AdaptedPath(NewRule());
        for (var i = 0; i < 100; i++)
        {
            path.Answers(addressOnly: 500);
            path.Minutes(7);
        }
        Assert.Empty(path.Moves);
    }

    [Theory]
    [InlineData(ReplyClass.Greylisted, false, PathOutcome.AddressOnly)]
    [InlineData(ReplyClass.MailboxFull, false, PathOutcome.AddressOnly)]
    [InlineData(ReplyClass.UnknownUser, true, PathOutcome.AddressOnly)]
    [InlineData(ReplyClass.AuthenticationRefusal, true, PathOutcome.AddressOnly)]
    [InlineData(ReplyClass.Throttled, false, PathOutcome.Throttled)]
    [InlineData(ReplyClass.ReputationRefusal, true, PathOutcome.Blocked)]
    [InlineData(ReplyClass.ReputationRefusal, false, PathOutcome.Deferred)]
    [InlineData(ReplyClass.SpamRefusal, true, PathOutcome.Blocked)]
    [InlineData(ReplyClass.SystemFailure, false, PathOutcome.Deferred)]
    [InlineData(ReplyClass.Session, false, PathOutcome.Deferred)]
    [InlineData(ReplyClass.Unreachable, false, PathOutcome.Deferred)]
    [InlineData(ReplyClass.SystemFull, false, PathOutcome.Deferred)]
    [InlineData(ReplyClass.SystemFailure, true, PathOutcome.AddressOnly)]
    public void A_class_tells_whether_the_path_is_to_blame(ReplyClass @class, bool permanent, PathOutcome outcome) =>
        Assert.Equal(outcome, PathOutcomes.Of(@class, permanent));

    [Fact]
    public void Only_what_the_remote_said_tells_of_the_path()
    {
        var verdict = new Verdict(FailureType.Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.Throttled, "rule", false);
        var reply = new SmtpReply(421, null, "too fast", SmtpCommand.RcptTo);
        Assert.Equal(PathOutcome.Delivered, PathOutcomes.Of(null, new AttemptResult { Outcome = AttemptOutcome.Accepted }));
        Assert.Equal(PathOutcome.Throttled, PathOutcomes.Of(verdict, new AttemptResult { Outcome = AttemptOutcome.Refused, Reply = reply }));
        Assert.Null(PathOutcomes.Of(verdict, new AttemptResult { Outcome = AttemptOutcome.NoSession, Error = LocalError.ConnectTimeout }));
        Assert.Null(PathOutcomes.Of(null, new AttemptResult { Outcome = AttemptOutcome.Refused, Reply = reply }));
    }

    [Fact]
    public void The_same_answers_do_not_lower_twice()
    {
        var path = new AdaptedPath(NewRule(10_000));
        path.Answers(delivered: 500, throttled: 100);
        Assert.Single(path.Moves);
        for (var i = 0; i < 12; i++)
        {
            path.Minutes(1);
            path.Answers(delivered: 5);
        }
        Assert.Single(path.Moves);
    }

    [Fact]
    public void Complaints_lower_and_then_suspend_and_late_ones_do_not_count_again()
    {
        var path = new AdaptedPath(NewRule(5_000));
        path.Answers(delivered: 3_000);
        path.Minutes(70);
        path.Answers(delivered: 2_000);
        path.Minutes(70);
        Assert.Empty(path.Answers(complaints: 9));
        var lowered = Assert.Single(path.Answers(complaints: 2));
        Assert.Equal((MoveCause.Complaints, PathMode.Reduced), (lowered.Cause, lowered.To));
        // Of the same messages.
        Assert.Empty(path.Answers(complaints: 50));

        path.Pass(TimeSpan.FromHours(7));
        path.Answers(delivered: 2_500);
        Assert.Equal((MoveCause.Complaints, PathMode.Suspended), (Assert.Single(path.Answers(complaints: 20)).Cause, path.Mode));
    }

    [Fact]
    public void Nothing_is_raised_while_shares_are_half_way_to_an_objection()
    {
        var path = new AdaptedPath(NewRule(10_000, 10, Trigger("t", TriggerAction.Rate)));
        path.Answers(delivered: 500);
        path.Hit("t");
        var lowered = path.Limits.MessagesPerHour;
        for (var i = 0; i < 36; i++)
        {
            path.Minutes(5);
            path.Answers(delivered: 96, throttled: 3);
        }
        Assert.Equal(lowered, path.Limits.MessagesPerHour);
        path.GoodHours(2);
        Assert.True(path.Limits.MessagesPerHour > lowered);
    }
}
