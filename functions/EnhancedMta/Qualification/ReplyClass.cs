namespace EnhancedMta.Qualification;

/// <summary>Our own finer class of a failure: what rules name, what the retry plan goes by. Each has its meaning in <see cref="ClassMeanings"/>.</summary>
public enum ReplyClass
{
    Undetermined,

    // The address.
    UnknownUser,
    /// <summary>It has gone elsewhere (551, x.1.6).</summary>
    MovedUser,
    DisabledUser,
    /// <summary>Locked, frozen, unpaid: may come back.</summary>
    SuspendedUser,
    MailboxFull,
    /// <summary>Full and not looked into for long: nobody will empty it.</summary>
    AbandonedMailbox,
    InvalidDomain,
    /// <summary>The domain itself says that it takes no mail (RFC 7505, RFC 7504's 556).</summary>
    NoMailDomain,

    // Limits: the wait is for the sender, not the address.
    /// <summary>"Come back later", said to a stranger: a short wait is what it asks for.</summary>
    Greylisted,
    /// <summary>Too fast or too many.</summary>
    Throttled,

    // Refusals that say nothing about the address.
    PolicyRefusal,
    /// <summary>The recipient's own filter or list.</summary>
    RecipientRefusal,
    /// <summary>The envelope sender or the From address.</summary>
    SenderRefusal,
    /// <summary>The sending IP, its network or the domain has a bad name.</summary>
    ReputationRefusal,
    /// <summary>The content looks like spam.</summary>
    SpamRefusal,
    /// <summary>A virus, or an attachment of a kind that is not taken.</summary>
    AttachmentRefusal,
    /// <summary>SPF, DKIM, DMARC, or SMTP AUTH.</summary>
    AuthenticationRefusal,
    /// <summary>No PTR record, or one that does not match; a bad HELO name.</summary>
    ReverseDnsRefusal,
    /// <summary>TLS is asked for.</summary>
    TlsRequired,
    /// <summary>Malformed by the server's standards.</summary>
    FormatRefusal,
    RelayDenied,
    TooLarge,

    // Servers and networks.
    Dns,
    /// <summary>No session with the site: connect, TLS, greeting, 421.</summary>
    Session,
    Unreachable,
    RoutingLoop,
    /// <summary>The server's disk, not the mailbox.</summary>
    SystemFull,
    SystemFailure,
    ProtocolFailure,
    Transient,
    GenericPermanent,
    Expired,

    /// <summary>Called unknown on what may be the provider's failure day: not believed yet.</summary>
    Held,

    // No failures.
    AutoReply,
    ChallengeResponse,
    Complaint,
    Unsubscribe,
    /// <summary>A positive report.</summary>
    Delivered,

    /// <summary>Ours: signing, content, egress, a bug.</summary>
    Local,
}
