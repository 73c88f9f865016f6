namespace EnhancedMta.Smtp;

/// <summary>What a reply answered. The same words mean another thing after RCPT than at the greeting.</summary>
public enum SmtpCommand
{
    /// <summary>The server's opening line (RFC 5321 §4.3.1).</summary>
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    MailFrom,
    RcptTo,
    Data,
    /// <summary>The final dot of the mail data, or the last BDAT: from here on the server may have taken the message.</summary>
    EndOfData,
    /// <summary>Said in a bounce mail; which command it answered is not known.</summary>
    Unknown,
}
