using EnhancedMta.BounceRules;
using EnhancedMta.Packs;
using EnhancedMta.Qualification;
using EnhancedMta.Relaying;
using EnhancedMta.Retries;
using EnhancedMta.SendingLog;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Relaying;

/// <summary>From a server's words to what becomes of the message.</summary>
public sealed class OutcomeRulesTests
{
    private static readonly FakeTimeProvider Clock = new(new DateTimeOffset(2026, 11, 24, 9, 0, 0, TimeSpan.Zero));

    private static readonly OutcomeRules Rules = new(new Qualifier(() => RuleFile.BuiltIn), new RetryPlan(), Clock);

    [Theory]
    [InlineData("554 Blocked")]
    [InlineData("554 5.7.1 Blocked")]
    [InlineData("550 5.1.1 never mind")]
    [InlineData("550 User unknown")]
    [InlineData("521 5.3.2 no mail here")]
    [InlineData("450 busy")]
    public void What_is_said_before_MAIL_is_no_messages_fault(string reply)
    {
        foreach (var command in new[] { SmtpCommand.Greeting, SmtpCommand.Ehlo, SmtpCommand.StartTls, SmtpCommand.Auth })
        {
            var outcome = Of(reply, command);
            Assert.Equal(MessageState.Waiting, outcome.State);
            Assert.NotEqual(FailureType.Hard, outcome.Verdict!.Type);
            Assert.False(outcome.Verdict.Final);
        }
    }

    [Theory]
    [InlineData("550 5.1.1 No such user. Check the address and try again", MessageState.Bounced)]
    [InlineData("550 The mailbox cannot be checked just now, try again later", MessageState.Waiting)]
    [InlineData("550 5.2.1 The user is receiving mail at a rate that prevents more", MessageState.Waiting)]
    [InlineData("552 5.2.2 Mailbox full", MessageState.Waiting)]
    [InlineData("550 5.7.1 Spam", MessageState.Bounced)]
    [InlineData("451 4.7.1 Greylisted", MessageState.Waiting)]
    [InlineData("450 4.1.1 User unknown", MessageState.Waiting)]
    [InlineData("550 Too many messages from 192.0.2.7", MessageState.Waiting)]
    public void The_words_tell_whether_to_come_back(string reply, MessageState state) => Assert.Equal(state, Of(reply, SmtpCommand.RcptTo).State);

    [Fact]
    public void A_throttle_is_no_bounce_and_counts_no_attempt()
    {
        var throttled = Of("421 4.7.0 Too many messages from your IP, slow down", SmtpCommand.MailFrom);
        Assert.Equal((MessageState.Waiting, false, "the site's limits"), (throttled.State, throttled.CountsAttempt, throttled.WaitsFor));
        var soft = Of("451 4.3.0 Temporary local problem", SmtpCommand.EndOfData);
        Assert.Equal((MessageState.Waiting, true, null), (soft.State, soft.CountsAttempt, soft.WaitsFor));
    }

    [Fact]
    public void A_message_that_may_have_arrived_has_not_failed()
    {
        var outcome = Of("554 5.7.1 Spam", SmtpCommand.EndOfData, AttemptOutcome.InDoubt);
        Assert.Equal((MessageState.Waiting, true), (outcome.State, outcome.PossibleRepeat));
    }

    private static Outcome Of(string reply, SmtpCommand command, AttemptOutcome outcome = AttemptOutcome.Refused) => Rules.Of(
        new RelayItem(0, 0, new PackItem("m", "ada", "example.com", "example.org", 100, false), 0, 0, false, null, false),
        new AttemptResult { Outcome = outcome, Reply = QuotedReply.Parse(reply, command), MxHost = "mx.example.com" },
        null, Clock.GetUtcNow().AddDays(3), (_, _) => new Random(1));
}
