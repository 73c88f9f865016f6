using EnhancedMta.Qualification;
using static EnhancedMta.Qualification.FailureType;

namespace EnhancedMta.Tests.Qualification;

/// <summary>What Campaign and Momentum publish, class by class: what quarantines are decided by.</summary>
public sealed class ClassMeaningsTests
{
    public static TheoryData<ReplyClass, FailureType, CampaignReason, BounceCode, bool, BounceCode?> Meanings => new()
    {
        { ReplyClass.Undetermined, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, false, null },
        { ReplyClass.UnknownUser, Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, false, null },
        { ReplyClass.MovedUser, Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, false, null },
        { ReplyClass.DisabledUser, Hard, CampaignReason.AccountDisabled, BounceCode.InvalidRecipient, false, BounceCode.SoftBounce },
        { ReplyClass.SuspendedUser, Soft, CampaignReason.AccountDisabled, BounceCode.SoftBounce, false, null },
        { ReplyClass.MailboxFull, Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, true, null },
        { ReplyClass.AbandonedMailbox, Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, false, null },
        { ReplyClass.InvalidDomain, Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, false, null },
        { ReplyClass.NoMailDomain, Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, false, BounceCode.DnsFailure },
        { ReplyClass.Greylisted, Soft, CampaignReason.Unreachable, BounceCode.TransientFailure, true, null },
        { ReplyClass.Throttled, Soft, CampaignReason.Refused, BounceCode.MailBlock, true, null },
        { ReplyClass.PolicyRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.RecipientRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.SenderRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.ReputationRefusal, Soft, CampaignReason.Refused, BounceCode.SpamBlock, false, null },
        { ReplyClass.SpamRefusal, Soft, CampaignReason.Refused, BounceCode.SpamContent, false, null },
        { ReplyClass.AttachmentRefusal, Soft, CampaignReason.Refused, BounceCode.ProhibitedAttachment, false, null },
        { ReplyClass.AuthenticationRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.ReverseDnsRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.TlsRequired, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.FormatRefusal, Soft, CampaignReason.Refused, BounceCode.MailBlock, false, null },
        { ReplyClass.RelayDenied, Soft, CampaignReason.Refused, BounceCode.RelayingDenied, false, null },
        { ReplyClass.TooLarge, Ignored, CampaignReason.Refused, BounceCode.TooLarge, false, null },
        { ReplyClass.Dns, Soft, CampaignReason.Unreachable, BounceCode.DnsFailure, true, null },
        { ReplyClass.Session, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, true, null },
        { ReplyClass.Unreachable, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, true, null },
        { ReplyClass.RoutingLoop, Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, false, null },
        { ReplyClass.SystemFull, Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, false, BounceCode.TransientFailure },
        { ReplyClass.SystemFailure, Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, false, BounceCode.TransientFailure },
        { ReplyClass.ProtocolFailure, Soft, CampaignReason.Unreachable, BounceCode.GenericBounce, false, null },
        { ReplyClass.Transient, Soft, CampaignReason.Unreachable, BounceCode.TransientFailure, true, null },
        { ReplyClass.GenericPermanent, Ignored, CampaignReason.NotDefined, BounceCode.GenericBounce, false, BounceCode.TransientFailure },
        { ReplyClass.Expired, Soft, CampaignReason.Unreachable, BounceCode.Timeout, false, null },
        { ReplyClass.Held, Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, true, null },
        { ReplyClass.AutoReply, Ignored, CampaignReason.ErrorIgnored, BounceCode.AutoReply, false, null },
        { ReplyClass.ChallengeResponse, Soft, CampaignReason.Refused, BounceCode.ChallengeResponse, false, null },
        { ReplyClass.Complaint, Hard, CampaignReason.Denylisted, BounceCode.SpamBlock, false, null },
        { ReplyClass.Unsubscribe, Hard, CampaignReason.Denylisted, BounceCode.Unsubscribe, false, null },
        { ReplyClass.Delivered, Ignored, CampaignReason.ErrorIgnored, BounceCode.Undetermined, false, null },
        { ReplyClass.Local, Soft, CampaignReason.NotDefined, BounceCode.Undetermined, false, null },
    };

    [Theory]
    [MemberData(nameof(Meanings))]
    public void A_class_means_one_type_reason_and_code(ReplyClass @class, FailureType type, CampaignReason reason, BounceCode code, bool retried, BounceCode? transientCode) =>
        Assert.Equal(new Meaning(type, reason, code, retried, transientCode), ClassMeanings.Of(@class));

    [Fact]
    public void No_class_is_without_a_meaning_and_a_name()
    {
        Assert.Equal(Enum.GetValues<ReplyClass>().Order(), Meanings.Select(m => (ReplyClass)((ITheoryDataRow)m).GetData()[0]!).Order());
        Assert.Equal(["unknownUser", "dns"], new[] { ReplyClass.UnknownUser, ReplyClass.Dns }.Select(ClassNames.Of));
    }

    [Theory]
    [InlineData(CampaignReason.NotDefined, "Not defined")]
    [InlineData(CampaignReason.UserUnknown, "User unknown")]
    [InlineData(CampaignReason.InvalidDomain, "Invalid domain")]
    [InlineData(CampaignReason.Unreachable, "Unreachable")]
    [InlineData(CampaignReason.AccountDisabled, "Account disabled")]
    [InlineData(CampaignReason.MailboxFull, "Mailbox full")]
    [InlineData(CampaignReason.NotConnected, "Not connected")]
    [InlineData(CampaignReason.Denylisted, "Denylisted address")]
    [InlineData(CampaignReason.Refused, "Refused")]
    [InlineData(CampaignReason.ErrorIgnored, "Error ignored")]
    public void A_reason_is_shown_in_Campaigns_words(CampaignReason reason, string label) => Assert.Equal(label, reason.Label());
}
