using static EnhancedMta.Qualification.BounceCode;
using static EnhancedMta.Qualification.CampaignReason;
using static EnhancedMta.Qualification.FailureType;

namespace EnhancedMta.Qualification;

/// <summary>
/// From our finer class to Campaign's type and reason and Momentum's code. Campaign's own table decides where the published ones
/// disagree: refusals that say nothing about the address are Soft with reason Refused, never Hard.
/// </summary>
internal static class ClassMeanings
{
    public static Meaning Of(ReplyClass @class) => @class switch
    {
        ReplyClass.UnknownUser or ReplyClass.MovedUser => new(Hard, UserUnknown, InvalidRecipient),
        ReplyClass.DisabledUser => new(Hard, AccountDisabled, InvalidRecipient, TransientCode: SoftBounce),
        ReplyClass.SuspendedUser => new(Soft, AccountDisabled, SoftBounce),

        // Campaign's Mailbox full is Soft and retried, and so are the 552 5.2.2 of servers that mean "until it is emptied".
        ReplyClass.MailboxFull => new(Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, Retried: true),
        ReplyClass.AbandonedMailbox => new(Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull),

        // Somebody else says that the domain does not exist: Campaign's Invalid domain is Soft.
        ReplyClass.InvalidDomain => new(Soft, CampaignReason.InvalidDomain, DnsFailure),
        ReplyClass.NoMailDomain => new(Hard, CampaignReason.InvalidDomain, InvalidRecipient, TransientCode: DnsFailure),

        ReplyClass.Greylisted => new(Soft, CampaignReason.Unreachable, TransientFailure, Retried: true),
        ReplyClass.Throttled => new(Soft, Refused, MailBlock, Retried: true),

        ReplyClass.PolicyRefusal or ReplyClass.RecipientRefusal or ReplyClass.SenderRefusal or ReplyClass.AuthenticationRefusal
            or ReplyClass.ReverseDnsRefusal or ReplyClass.TlsRequired or ReplyClass.FormatRefusal => new(Soft, Refused, MailBlock),
        ReplyClass.ReputationRefusal => new(Soft, Refused, SpamBlock),
        ReplyClass.SpamRefusal => new(Soft, Refused, SpamContent),
        ReplyClass.AttachmentRefusal => new(Soft, Refused, ProhibitedAttachment),
        ReplyClass.RelayDenied => new(Soft, Refused, RelayingDenied),
        // Says nothing about the address (research, §2.6).
        ReplyClass.TooLarge => new(Ignored, Refused, BounceCode.TooLarge),

        ReplyClass.Dns => new(Soft, CampaignReason.Unreachable, DnsFailure, Retried: true),
        // Never the fault of a message or its recipient, so another time another host may take it.
        ReplyClass.Session or ReplyClass.Unreachable => new(Soft, CampaignReason.Unreachable, SoftBounce, Retried: true),
        ReplyClass.RoutingLoop or ReplyClass.ProtocolFailure => new(Soft, CampaignReason.Unreachable, GenericBounce),
        ReplyClass.SystemFull or ReplyClass.SystemFailure => new(Soft, CampaignReason.Unreachable, GenericBounce, TransientCode: TransientFailure),
        ReplyClass.Held => new(Soft, CampaignReason.Unreachable, SoftBounce, Retried: true),
        ReplyClass.Transient => new(Soft, CampaignReason.Unreachable, TransientFailure, Retried: true),
        ReplyClass.Expired => new(Soft, CampaignReason.Unreachable, BounceCode.Timeout),

        ReplyClass.AutoReply => new(Ignored, ErrorIgnored, BounceCode.AutoReply),
        ReplyClass.ChallengeResponse => new(Soft, Refused, BounceCode.ChallengeResponse),
        ReplyClass.Complaint => new(Hard, Denylisted, SpamBlock),
        ReplyClass.Unsubscribe => new(Hard, Denylisted, BounceCode.Unsubscribe),
        ReplyClass.Delivered => new(Ignored, ErrorIgnored, Undetermined),

        ReplyClass.GenericPermanent => new(Ignored, NotDefined, GenericBounce, TransientCode: TransientFailure),
        _ => new(Soft, NotDefined, Undetermined),
    };
}
