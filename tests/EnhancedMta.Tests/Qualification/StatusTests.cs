using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using static EnhancedMta.Qualification.FailureType;

namespace EnhancedMta.Tests.Qualification;

/// <summary>Replies whose words say nothing: status, code and command decide.</summary>
public sealed class StatusTests
{
    public static TheoryData<string, FailureType, CampaignReason, BounceCode, ReplyClass> PermanentStatuses => new()
    {
        { "5.1.1", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.2", Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain },
        { "5.1.3", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.4", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.6", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.MovedUser },
        { "5.1.7", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.SenderRefusal },
        { "5.1.8", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.SenderRefusal },
        { "5.1.10", Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, ReplyClass.NoMailDomain },
        { "5.2.1", Hard, CampaignReason.AccountDisabled, BounceCode.InvalidRecipient, ReplyClass.DisabledUser },
        { "5.2.2", Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, ReplyClass.MailboxFull },
        { "5.2.3", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.2.4", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.SystemFailure },
        { "5.3.1", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.SystemFull },
        { "5.3.2", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.SystemFailure },
        { "5.3.3", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.3.4", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.3.5", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.SystemFailure },
        { "5.4.1", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Unreachable },
        { "5.4.3", Soft, CampaignReason.Unreachable, BounceCode.DnsFailure, ReplyClass.Dns },
        { "5.4.4", Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain },
        { "5.4.6", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.RoutingLoop },
        { "5.4.7", Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Expired },
        { "5.5.1", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.5.2", Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.5.3", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.Throttled },
        { "5.6.1", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.FormatRefusal },
        { "5.6.7", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.FormatRefusal },
        { "5.7.0", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.7.1", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.7.8", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.10", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.TlsRequired },
        { "5.7.16", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.7.20", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.23", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.25", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.ReverseDnsRefusal },
        { "5.7.26", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.27", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.SenderRefusal },
        { "5.7.28", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.Throttled },
        { "5.7.29", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.509", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
    };

    [Theory]
    [MemberData(nameof(PermanentStatuses))]
    public void A_permanent_status_decides_whatever_the_basic_code(string status, FailureType type, CampaignReason reason, BounceCode code, ReplyClass @class)
    {
        foreach (var basic in new[] { 550, 552, 554 })
        {
            var verdict = Qualify(basic, status + " Sorry", SmtpCommand.RcptTo);
            Assert.Equal((type, reason, code, @class), (verdict.Type, verdict.Reason, verdict.Code, verdict.Class));
            Assert.Equal(@class is not (ReplyClass.MailboxFull or ReplyClass.Throttled or ReplyClass.Dns or ReplyClass.Unreachable), verdict.Final);
        }
    }

    [Theory]
    [MemberData(nameof(PermanentStatuses))]
    public void The_same_status_for_now_keeps_its_reason_and_is_tried_again(string status, FailureType type, CampaignReason reason, BounceCode code, ReplyClass @class)
    {
        var verdict = Qualify(450, "4" + status[1..] + " Sorry", SmtpCommand.RcptTo);
        Assert.Equal((type == Hard ? Soft : type, reason, @class, false), (verdict.Type, verdict.Reason, verdict.Class, verdict.Final));
        Assert.True(verdict.Code == code || verdict.Code is BounceCode.TransientFailure or BounceCode.SoftBounce or BounceCode.DnsFailure);
    }

    [Theory]
    [InlineData(550, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(551, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(553, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(556, SmtpCommand.RcptTo, Hard, CampaignReason.InvalidDomain, ReplyClass.NoMailDomain, true)]
    [InlineData(552, SmtpCommand.RcptTo, Soft, CampaignReason.MailboxFull, ReplyClass.MailboxFull, false)]
    [InlineData(554, SmtpCommand.RcptTo, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(550, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(553, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(552, SmtpCommand.MailFrom, Ignored, CampaignReason.Refused, ReplyClass.TooLarge, true)]
    [InlineData(550, SmtpCommand.Data, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(550, SmtpCommand.EndOfData, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(554, SmtpCommand.EndOfData, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(552, SmtpCommand.EndOfData, Ignored, CampaignReason.Refused, ReplyClass.TooLarge, true)]
    [InlineData(500, SmtpCommand.Data, Soft, CampaignReason.Unreachable, ReplyClass.ProtocolFailure, true)]
    [InlineData(503, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.ProtocolFailure, true)]
    [InlineData(555, SmtpCommand.MailFrom, Soft, CampaignReason.Unreachable, ReplyClass.ProtocolFailure, true)]
    [InlineData(521, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.SystemFailure, true)]
    [InlineData(530, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.AuthenticationRefusal, true)]
    [InlineData(550, SmtpCommand.Unknown, Ignored, CampaignReason.NotDefined, ReplyClass.GenericPermanent, true)]
    [InlineData(599, SmtpCommand.RcptTo, Ignored, CampaignReason.NotDefined, ReplyClass.GenericPermanent, true)]
    [InlineData(421, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.Session, false)]
    [InlineData(450, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    [InlineData(451, SmtpCommand.EndOfData, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    [InlineData(499, SmtpCommand.Data, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    public void Without_a_status_the_code_and_its_command_decide(int code, SmtpCommand command, FailureType type, CampaignReason reason, ReplyClass @class, bool final)
    {
        // A status that says nothing of its own, and one that contradicts the code, are as good as none.
        foreach (var text in new[] { "", "Sorry", $"{code / 100}.0.0 Sorry", $"{code / 100}.1.0 Sorry", $"{code / 100}.5.0 Sorry", $"{9 - code / 100}.1.1 Sorry" })
        {
            var verdict = Qualify(code, text, command);
            Assert.Equal((type, reason, @class, final), (verdict.Type, verdict.Reason, verdict.Class, verdict.Final));
        }
    }

    [Theory]
    [InlineData(554, "Blocked")]
    [InlineData(554, "5.7.1 Blocked")]
    [InlineData(521, "5.3.2 no mail here")]
    [InlineData(450, "busy")]
    public void Nothing_said_before_mail_is_hard(int code, string text)
    {
        foreach (var command in new[] { SmtpCommand.Greeting, SmtpCommand.Ehlo, SmtpCommand.StartTls, SmtpCommand.Auth })
            Assert.NotEqual(Hard, Qualify(code, text, command).Type);
    }

    [Fact]
    public void Each_verdict_names_the_rules_that_it_stands_on() =>
        Assert.Equal(RuleFile.BuiltIn.Version, Qualify(550, "5.1.1 Sorry", SmtpCommand.RcptTo).RuleSet);

    private static Verdict Qualify(int code, string text, SmtpCommand command) =>
        RuleFile.BuiltIn.Decide(new SmtpReply(code, EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, command), null);
}
