using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using static EnhancedMta.Qualification.FailureType;

namespace EnhancedMta.Tests.Qualification;

public sealed class LocalErrorTests
{
    private static readonly Qualifier Qualifier = new(() => RuleFile.BuiltIn);

    [Theory]
    [InlineData(LocalError.NoSuchDomain, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-no-such-domain")]
    [InlineData(LocalError.NullMx, Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, ReplyClass.NoMailDomain, true, "local-null-mx")]
    [InlineData(LocalError.NoMailHost, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-no-mail-host")]
    [InlineData(LocalError.DnsUnavailable, Soft, CampaignReason.Unreachable, BounceCode.DnsFailure, ReplyClass.Dns, false, "local-dns-unavailable")]
    [InlineData(LocalError.ProhibitedHost, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain, false, "local-prohibited-host")]
    [InlineData(LocalError.ConnectRefused, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-refused")]
    [InlineData(LocalError.ConnectTimeout, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-timeout")]
    [InlineData(LocalError.ConnectFailed, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connect-failed")]
    [InlineData(LocalError.TlsFailed, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-tls-failed")]
    [InlineData(LocalError.ConnectionLost, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, false, "local-connection-lost")]
    [InlineData(LocalError.ReplyTimeout, Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Session, false, "local-reply-timeout")]
    [InlineData(LocalError.ProtocolViolation, Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, ReplyClass.ProtocolFailure, false, "local-protocol-violation")]
    [InlineData(LocalError.SmtpUtf8NotOffered, Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.FormatRefusal, true, "local-smtputf8-not-offered")]
    [InlineData(LocalError.EightBitNotOffered, Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.FormatRefusal, true, "local-8bitmime-not-offered")]
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
}
