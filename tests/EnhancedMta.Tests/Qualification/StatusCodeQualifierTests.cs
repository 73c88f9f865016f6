using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Qualification;

public sealed class StatusCodeQualifierTests
{
    private const FailureType Hard = FailureType.Hard;
    private const FailureType Soft = FailureType.Soft;
    private const FailureType Ignored = FailureType.Ignored;

    private static readonly StatusCodeQualifier Qualifier = new();

    public static TheoryData<string, FailureType, CampaignReason, BounceCode, ReplyClass> PermanentStatuses => new()
    {
        { "5.1.1", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.2", Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain },
        { "5.1.3", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.4", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.6", Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser },
        { "5.1.7", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.1.8", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.1.10", Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, ReplyClass.InvalidDomain },
        { "5.2.1", Hard, CampaignReason.AccountDisabled, BounceCode.InvalidRecipient, ReplyClass.DisabledUser },
        { "5.2.2", Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, ReplyClass.MailboxFull },
        { "5.2.3", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.2.4", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.3.1", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.3.2", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.3.3", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.3.4", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.3.5", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.4.1", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.4.4", Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain },
        { "5.4.6", Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure },
        { "5.4.7", Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Expired },
        { "5.5.1", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.5.2", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.5.3", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.Throttled },
        { "5.5.4", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.6.1", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.6.7", Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure },
        { "5.7.0", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.7.1", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.7.8", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.13", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.16", Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge },
        { "5.7.17", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
        { "5.7.20", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.23", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.25", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.26", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal },
        { "5.7.27", Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal },
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
            var verdict = Qualify(basic, status + " words", SmtpCommand.RcptTo);
            Assert.Equal((type, reason, code, @class, "status-" + status), (verdict.Type, verdict.Reason, verdict.Code, verdict.Class, verdict.Rule));
            Assert.Equal(@class is not (ReplyClass.MailboxFull or ReplyClass.Throttled), verdict.Final);
        }
    }

    [Theory]
    [MemberData(nameof(PermanentStatuses))]
    public void The_same_status_for_now_is_soft_and_tried_again(string status, FailureType type, CampaignReason reason, BounceCode code, ReplyClass @class)
    {
        var verdict = Qualify(450, "4" + status[1..] + " words", SmtpCommand.RcptTo);
        Assert.Equal((Soft, false), (verdict.Type, verdict.Final));
        // "User unknown" for now is not Campaign's User unknown.
        Assert.Equal(type == Hard
            ? (CampaignReason.Unreachable, BounceCode.TransientFailure, ReplyClass.Transient)
            : (reason, code, @class), (verdict.Reason, verdict.Code, verdict.Class));
    }

    [Fact]
    public void No_policy_or_authentication_status_is_ever_hard()
    {
        for (var detail = 0; detail < 1000; detail++)
            foreach (var command in Enum.GetValues<SmtpCommand>())
                Assert.NotEqual(Hard, Qualify(550, $"5.7.{detail} x", command).Type);
    }

    [Theory]
    [InlineData(550, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(551, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(553, SmtpCommand.RcptTo, Hard, CampaignReason.UserUnknown, ReplyClass.UnknownUser, true)]
    [InlineData(556, SmtpCommand.RcptTo, Hard, CampaignReason.InvalidDomain, ReplyClass.InvalidDomain, true)]
    [InlineData(552, SmtpCommand.RcptTo, Soft, CampaignReason.MailboxFull, ReplyClass.MailboxFull, false)]
    [InlineData(554, SmtpCommand.RcptTo, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(550, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(553, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(552, SmtpCommand.MailFrom, Ignored, CampaignReason.Refused, ReplyClass.TooLarge, true)]
    [InlineData(550, SmtpCommand.Data, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(550, SmtpCommand.EndOfData, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(554, SmtpCommand.EndOfData, Soft, CampaignReason.Refused, ReplyClass.PolicyRefusal, true)]
    [InlineData(552, SmtpCommand.EndOfData, Ignored, CampaignReason.Refused, ReplyClass.TooLarge, true)]
    [InlineData(500, SmtpCommand.Data, Soft, CampaignReason.Refused, ReplyClass.ProtocolFailure, true)]
    [InlineData(503, SmtpCommand.RcptTo, Soft, CampaignReason.Refused, ReplyClass.ProtocolFailure, true)]
    [InlineData(555, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.ProtocolFailure, true)]
    [InlineData(521, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.SystemFailure, true)]
    [InlineData(530, SmtpCommand.MailFrom, Soft, CampaignReason.Refused, ReplyClass.AuthenticationRefusal, true)]
    [InlineData(550, SmtpCommand.Unknown, Ignored, CampaignReason.NotDefined, ReplyClass.GenericPermanent, true)]
    [InlineData(599, SmtpCommand.RcptTo, Ignored, CampaignReason.NotDefined, ReplyClass.GenericPermanent, true)]
    [InlineData(421, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.Session, false)]
    [InlineData(421, SmtpCommand.EndOfData, Soft, CampaignReason.Unreachable, ReplyClass.Session, false)]
    [InlineData(450, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    [InlineData(451, SmtpCommand.EndOfData, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    [InlineData(452, SmtpCommand.RcptTo, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    [InlineData(499, SmtpCommand.Data, Soft, CampaignReason.Unreachable, ReplyClass.Transient, false)]
    public void Without_a_status_the_code_and_its_command_decide(int code, SmtpCommand command, FailureType type, CampaignReason reason, ReplyClass @class, bool final)
    {
        var expected = (type, reason, @class, final, $"code-{code}-{CodeMeanings.Name(command)}");
        // A status that says nothing of its own, and one that contradicts the code, are as good as none.
        foreach (var text in new[] { "", "words", $"{code / 100}.0.0 words", $"{code / 100}.1.0 words", $"{code / 100}.5.0 words", $"{9 - code / 100}.1.1 words" })
        {
            var verdict = Qualify(code, text, command);
            Assert.Equal(expected, (verdict.Type, verdict.Reason, verdict.Class, verdict.Final, verdict.Rule));
        }
    }

    [Theory]
    [InlineData(450, "4.2.0 <j@example.com>: Recipient address rejected: Greylisted", SmtpCommand.RcptTo, ReplyClass.Greylisted, "text-greylisted")]
    [InlineData(451, "4.7.1 Graylisting in action", SmtpCommand.EndOfData, ReplyClass.Greylisted, "text-greylisted")]
    [InlineData(451, "4.1.1 grey-listed", SmtpCommand.RcptTo, ReplyClass.Greylisted, "text-greylisted")]
    [InlineData(451, "4.7.1 Please try again later", SmtpCommand.RcptTo, ReplyClass.Greylisted, "text-try-again")]
    [InlineData(450, "4.7.0 try again in 5 minutes", SmtpCommand.RcptTo, ReplyClass.Greylisted, "text-try-again")]
    [InlineData(451, "Temporary problem, please try again later", SmtpCommand.EndOfData, ReplyClass.Transient, "code-451-end")]
    [InlineData(451, "4.3.2 busy, try again later", SmtpCommand.RcptTo, ReplyClass.SystemFailure, "status-4.3.2")]
    [InlineData(451, "4.7.1 Policy", SmtpCommand.RcptTo, ReplyClass.PolicyRefusal, "status-4.7.1")]
    [InlineData(452, "Mailbox is full", SmtpCommand.RcptTo, ReplyClass.MailboxFull, "text-mailbox-full")]
    [InlineData(550, "5.0.0 User is over quota", SmtpCommand.RcptTo, ReplyClass.MailboxFull, "text-mailbox-full")]
    [InlineData(552, "Requested mail action aborted: exceeded storage allocation", SmtpCommand.EndOfData, ReplyClass.MailboxFull, "text-mailbox-full")]
    [InlineData(550, "Boîte aux lettres pleine", SmtpCommand.RcptTo, ReplyClass.MailboxFull, "text-mailbox-full")]
    [InlineData(452, "Sender rate quota exceeded", SmtpCommand.RcptTo, ReplyClass.Transient, "code-452-rcpt")]
    [InlineData(550, "5.1.1 mailbox full of nothing", SmtpCommand.RcptTo, ReplyClass.UnknownUser, "status-5.1.1")]
    [InlineData(550, "Cannot check just now, try again later", SmtpCommand.RcptTo, ReplyClass.Transient, "text-try-again")]
    [InlineData(550, "No such user. Check the address and try again", SmtpCommand.RcptTo, ReplyClass.UnknownUser, "code-550-rcpt")]
    [InlineData(550, "greylisted for ever", SmtpCommand.EndOfData, ReplyClass.PolicyRefusal, "code-550-end")]
    [InlineData(421, "4.7.1 greylisted, try again later", SmtpCommand.RcptTo, ReplyClass.Session, "status-4.7.1")]
    public void A_few_words_decide_when_to_come_back(int code, string text, SmtpCommand command, ReplyClass @class, string rule)
    {
        var verdict = Qualify(code, text, command);
        Assert.Equal((@class, rule), (verdict.Class, verdict.Rule));
        if (@class is ReplyClass.Greylisted or ReplyClass.MailboxFull or ReplyClass.Transient)
            Assert.Equal((Soft, false), (verdict.Type, verdict.Final));
    }

    [Theory]
    [InlineData(554, "Blocked")]
    [InlineData(554, "5.7.1 Blocked")]
    [InlineData(550, "5.1.1 never mind")]
    [InlineData(521, "5.3.2 no mail here")]
    [InlineData(450, "busy")]
    public void Nothing_said_before_mail_is_the_messages_fault(int code, string text)
    {
        foreach (var command in new[] { SmtpCommand.Greeting, SmtpCommand.Ehlo, SmtpCommand.StartTls, SmtpCommand.Auth })
        {
            var verdict = Qualify(code, text, command);
            Assert.Equal((Soft, false), (verdict.Type, verdict.Final));
            Assert.Contains(verdict.Class, new[] { ReplyClass.Session, ReplyClass.PolicyRefusal });
        }
    }

    [Fact]
    public void A_code_that_is_no_failure_is_undetermined_and_not_final()
    {
        foreach (var code in new[] { 0, 250, 354, 600 })
        {
            var verdict = Qualify(code, "", SmtpCommand.RcptTo);
            Assert.Equal((ReplyClass.Undetermined, BounceCode.Undetermined, false), (verdict.Class, verdict.Code, verdict.Final));
        }
    }

    [Theory]
    [InlineData(LocalError.NoSuchDomain, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-no-such-domain")]
    [InlineData(LocalError.NullMx, Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, ReplyClass.InvalidDomain, true, "local-null-mx")]
    [InlineData(LocalError.NoMailHost, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-no-mail-host")]
    [InlineData(LocalError.DnsUnavailable, Soft, CampaignReason.Unreachable, BounceCode.DnsFailure, ReplyClass.Dns, false, "local-dns-unavailable")]
    [InlineData(LocalError.ProhibitedHost, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-prohibited-host")]
    [InlineData(LocalError.ConnectRefused, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-refused")]
    [InlineData(LocalError.ConnectTimeout, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-timeout")]
    [InlineData(LocalError.ConnectFailed, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-failed")]
    [InlineData(LocalError.TlsFailed, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-tls-failed")]
    [InlineData(LocalError.ConnectionLost, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connection-lost")]
    [InlineData(LocalError.ReplyTimeout, Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Session, false, "local-reply-timeout")]
    [InlineData(LocalError.ProtocolViolation, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.ProtocolFailure, false, "local-protocol-violation")]
    [InlineData(LocalError.SmtpUtf8NotOffered, Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure, true, "local-smtputf8-not-offered")]
    [InlineData(LocalError.LargerThanOffered, Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge, true, "local-larger-than-offered")]
    [InlineData(LocalError.SigningFailed, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Local, false, "local-signing-failed")]
    [InlineData(LocalError.EgressFailed, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Local, false, "local-egress-failed")]
    [InlineData(LocalError.Expired, Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Expired, true, "local-expired")]
    [InlineData(LocalError.ContentLost, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Local, true, "local-content-lost")]
    [InlineData(LocalError.Internal, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Local, false, "local-internal")]
    public void Each_error_of_our_own_has_its_verdict(LocalError error, FailureType type, CampaignReason reason, BounceCode code, ReplyClass @class, bool final, string rule) =>
        Assert.Equal(new Verdict(type, reason, code, @class, rule, final), Qualifier.Qualify(error));

    [Fact]
    public void No_error_of_our_own_is_without_a_rule() =>
        Assert.Distinct(Enum.GetValues<LocalError>().Select(error => Qualifier.Qualify(error).Rule));

    [Fact]
    public void Hard_is_always_final_and_nothing_transient_is()
    {
        for (var code = 400; code < 600; code++)
            foreach (var command in Enum.GetValues<SmtpCommand>())
                for (var subject = 0; subject < 9; subject++)
                    for (var detail = 0; detail < 35; detail++)
                    {
                        var verdict = Qualify(code, $"{code / 100}.{subject}.{detail} x", command);
                        Assert.True(verdict.Type != Hard || verdict.Final);
                        Assert.True(code >= 500 || (verdict.Type == Soft && !verdict.Final));
                    }
    }

    private static Verdict Qualify(int code, string text, SmtpCommand command) =>
        Qualifier.Qualify(new SmtpReply(code, EnhancedStatusCode.TryParse(text, out var status) ? status : null, text, command), null);
}
