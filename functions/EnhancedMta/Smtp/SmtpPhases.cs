namespace EnhancedMta.Smtp;

/// <summary>How long the phases of a try took; null for those that it did not come to, or that another message's try paid for.</summary>
/// <param name="Open">Connection, greeting, EHLO, TLS, login; all hosts that were tried.</param>
/// <param name="Envelope">MAIL, RCPT and DATA, each with its reply.</param>
/// <param name="Data">Writing the message.</param>
/// <param name="Reply">From its last octet to the reply: what the server does with it.</param>
public readonly record struct SmtpPhases(TimeSpan? Open, TimeSpan? Envelope, TimeSpan? Data, TimeSpan? Reply);
