namespace EnhancedMta.Qualification;

/// <summary>Our own finer class of a failure: finer than Momentum's codes, and what the retry plan goes by.</summary>
public enum ReplyClass
{
    Undetermined,
    UnknownUser,
    DisabledUser,
    MailboxFull,
    /// <summary>"Come back later", said to a stranger: a short wait is what it asks for.</summary>
    Greylisted,
    /// <summary>Too fast or too many: the wait is for the sender, not the address.</summary>
    Throttled,
    PolicyRefusal,
    SpamRefusal,
    AuthenticationRefusal,
    TooLarge,
    RelayDenied,
    InvalidDomain,
    Dns,
    /// <summary>No session with the site: connect, TLS, greeting, 421.</summary>
    Session,
    SystemFailure,
    ProtocolFailure,
    Transient,
    GenericPermanent,
    AutoReply,
    Complaint,
    Expired,
    /// <summary>Ours: signing, content, egress, a bug.</summary>
    Local,
}
