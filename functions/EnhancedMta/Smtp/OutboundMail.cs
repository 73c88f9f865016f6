namespace EnhancedMta.Smtp;

/// <summary>One message as it goes out: the envelope, and exactly the octets of the data.</summary>
/// <param name="Sender">Return path, ASCII.</param>
/// <param name="Recipient">RFC 5321 address; the domain in A-labels, the local part perhaps UTF-8.</param>
/// <param name="Data">Header and body with CRLF line ends and no line over 998 octets, DKIM signature included; not dot-stuffed.</param>
/// <param name="NeedsSmtpUtf8">The recipient's local part is not ASCII.</param>
/// <param name="EightBit">The data has octets above 127.</param>
public sealed record OutboundMail(string Sender, string Recipient, ReadOnlyMemory<byte> Data, bool NeedsSmtpUtf8, bool EightBit);
