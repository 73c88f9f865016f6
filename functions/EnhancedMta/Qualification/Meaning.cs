namespace EnhancedMta.Qualification;

/// <summary>What a permanent refusal of a kind means; a transient one of the same kind is Soft and never final.</summary>
/// <param name="Type">Of the permanent refusal.</param>
/// <param name="Reason">Campaign's.</param>
/// <param name="Code">Momentum's.</param>
/// <param name="Class">Decides the retry plan.</param>
/// <param name="Retried">The permanent refusal is tried again all the same.</param>
internal sealed record Meaning(FailureType Type, CampaignReason Reason, BounceCode Code, ReplyClass Class, bool Retried = false)
{
    public static readonly Meaning UnknownUser = new(FailureType.Hard, CampaignReason.UserUnknown, BounceCode.InvalidRecipient, ReplyClass.UnknownUser);
    public static readonly Meaning DisabledUser = new(FailureType.Hard, CampaignReason.AccountDisabled, BounceCode.InvalidRecipient, ReplyClass.DisabledUser);

    /// <summary>The domain itself says that it takes no mail.</summary>
    public static readonly Meaning NoMailDomain = new(FailureType.Hard, CampaignReason.InvalidDomain, BounceCode.InvalidRecipient, ReplyClass.InvalidDomain);

    /// <summary>Somebody else says that the domain does not exist: Campaign's Invalid domain is Soft.</summary>
    public static readonly Meaning InvalidDomain = new(FailureType.Soft, CampaignReason.InvalidDomain, BounceCode.DnsFailure, ReplyClass.InvalidDomain);

    /// <summary>Campaign's Mailbox full is Soft and retried, and so are the 552 5.2.2 of servers that mean "until it is emptied".</summary>
    public static readonly Meaning MailboxFull = new(FailureType.Soft, CampaignReason.MailboxFull, BounceCode.MailboxFull, ReplyClass.MailboxFull, Retried: true);

    /// <summary>Says nothing about the address (research, §2.6).</summary>
    public static readonly Meaning TooLarge = new(FailureType.Ignored, CampaignReason.Refused, BounceCode.TooLarge, ReplyClass.TooLarge);

    public static readonly Meaning Policy = new(FailureType.Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.PolicyRefusal);
    public static readonly Meaning Authentication = new(FailureType.Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.AuthenticationRefusal);
    public static readonly Meaning Greylisted = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.TransientFailure, ReplyClass.Greylisted, Retried: true);
    public static readonly Meaning Throttled = new(FailureType.Soft, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.Throttled, Retried: true);
    public static readonly Meaning Protocol = new(FailureType.Soft, CampaignReason.Refused, BounceCode.GenericBounce, ReplyClass.ProtocolFailure);
    public static readonly Meaning System = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.SystemFailure);
    public static readonly Meaning Expired = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Expired);
    public static readonly Meaning Transient = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.TransientFailure, ReplyClass.Transient, Retried: true);

    /// <summary>Never the fault of a message or its recipient, so another time another host may take it.</summary>
    public static readonly Meaning Session = new(FailureType.Soft, CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.Session, Retried: true);

    public static readonly Meaning Generic = new(FailureType.Ignored, CampaignReason.NotDefined, BounceCode.GenericBounce, ReplyClass.GenericPermanent);

    public Verdict Permanent(string rule) => new(Type, Reason, Code, Class, rule, Final: !Retried);

    /// <summary>"User unknown" for now is no user unknown: of what would be Hard, only the wait is left.</summary>
    public Verdict ForNow(string rule) => Type == FailureType.Hard
        ? Transient.ForNow(rule)
        : new(FailureType.Soft, Reason, Code, Class, rule, Final: false);
}
