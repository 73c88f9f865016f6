namespace EnhancedMta.Smtp;

/// <summary>One message as it goes out: the envelope, and exactly the octets of the data.</summary>
/// <param name="Sender">Return path, ASCII.</param>
/// <param name="Recipient">RFC 5321 address; the domain in A-labels, the local part perhaps UTF-8.</param>
/// <param name="Data">Header and body with CRLF line ends and no line over 998 octets; not dot-stuffed. They are not copied: whoever made the mail keeps them until it is sent.</param>
/// <param name="NeedsSmtpUtf8">The recipient's local part is not ASCII.</param>
/// <param name="EightBit">The data has octets above 127.</param>
public sealed record OutboundMail(string Sender, string Recipient, ReadOnlyMemory<byte> Data, bool NeedsSmtpUtf8, bool EightBit)
{
    /// <summary>Header fields that go before the data, DKIM signature included: whole lines of ASCII.</summary>
    /// <exception cref="ArgumentException">The last line has no end: the data would go on in it.</exception>
    public ReadOnlyMemory<byte> Leading
    {
        get;
        init => field = value.IsEmpty || value.Span.EndsWith("\r\n"u8) ? value : throw new ArgumentException("The last line has no end.", nameof(value));
    }
}
