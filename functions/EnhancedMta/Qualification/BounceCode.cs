namespace EnhancedMta.Qualification;

/// <summary>Momentum's bounce classification codes, as Campaign knows them from the Enhanced MTA.</summary>
public enum BounceCode
{
    Undetermined = 1,
    InvalidRecipient = 10,
    RecipientRefused = 15,
    SoftBounce = 20,
    DnsFailure = 21,
    MailboxFull = 22,
    TooLarge = 23,
    Timeout = 24,
    AdminFailure = 25,
    GenericBounceNoRcpt = 30,
    GenericBounce = 40,
    MailBlock = 50,
    SpamBlock = 51,
    SpamContent = 52,
    ProhibitedAttachment = 53,
    RelayingDenied = 54,
    AutoReply = 60,
    TransientFailure = 70,
    Subscribe = 80,
    Unsubscribe = 90,
    ChallengeResponse = 100,
}
