namespace EnhancedMta.Smtp;

/// <summary>What failed on our side or between us and the remote server. Our own words are never classified as a reply.</summary>
public enum LocalError
{
    /// <summary>The recipient's domain does not exist (NXDOMAIN).</summary>
    NoSuchDomain,
    /// <summary>The domain says that it takes no mail (RFC 7505).</summary>
    NullMx,
    /// <summary>The domain exists and has neither MX nor address records.</summary>
    NoMailHost,
    /// <summary>SERVFAIL, time-out, or a malformed answer of the DNS.</summary>
    DnsUnavailable,
    /// <summary>The MX leads to an address that we must not connect to: loopback, private, link-local, our own.</summary>
    ProhibitedHost,
    ConnectRefused,
    ConnectTimeout,
    ConnectFailed,
    TlsFailed,
    /// <summary>The server closed or broke the connection before it answered.</summary>
    ConnectionLost,
    /// <summary>No answer to a command in its time (RFC 5321 §4.5.3.2).</summary>
    ReplyTimeout,
    /// <summary>An answer that is no SMTP reply, or one without end.</summary>
    ProtocolViolation,
    /// <summary>The address needs SMTPUTF8 and the server does not offer it (RFC 6531 §3.3).</summary>
    SmtpUtf8NotOffered,
    /// <summary>The message has 8-bit octets that could not be encoded, and the server does not offer 8BITMIME (RFC 6152 §3).</summary>
    EightBitNotOffered,
    /// <summary>The message is larger than the SIZE that the server offers (RFC 1870 §6).</summary>
    LargerThanOffered,
    /// <summary>The sender's DKIM key is missing or broken.</summary>
    SigningFailed,
    /// <summary>The egress itself failed: proxy, smarthost or local address. Never the recipient's fault.</summary>
    EgressFailed,
    /// <summary>The validity period ended (DESIGN, behaviour 2).</summary>
    Expired,
    /// <summary>The message's pack can no longer be read.</summary>
    ContentLost,
    /// <summary>A fault of our own.</summary>
    Internal,
}
