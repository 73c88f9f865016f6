using System.Globalization;
using System.Text;
using MailKit.Net.Smtp;

namespace EnhancedMta.Smtp;

/// <summary>The commands that go before a message's data, with the parameters that the server offers.</summary>
internal static class MailCommands
{
    /// <summary>In their order; one group where the server takes that (RFC 2920 §3.1).</summary>
    public static IReadOnlyList<SmtpCommand> Envelope { get; } = [SmtpCommand.MailFrom, SmtpCommand.RcptTo, SmtpCommand.Data];

    /// <summary>The command's line with its CRLF.</summary>
    public static string Line(SmtpCommand command, OutboundMail mail, SmtpCapabilities offered) => command switch
    {
        SmtpCommand.MailFrom => string.Concat("MAIL FROM:<", mail.Sender, ">", Parameters(mail, offered)),
        SmtpCommand.RcptTo => string.Concat("RCPT TO:<", mail.Recipient, ">\r\n"),
        _ => "DATA\r\n",
    };

    /// <summary>Why the message cannot go to a server with these capabilities, if so.</summary>
    public static (LocalError Error, string Detail)? Fault(OutboundMail mail, SmtpCapabilities offered, uint maxSize)
    {
        if (mail.NeedsSmtpUtf8 && !offered.HasFlag(SmtpCapabilities.UTF8))
            return (LocalError.SmtpUtf8NotOffered, "the recipient's local part is not ASCII");
        // All that can be encoded was, where it came in and before it was signed. What is left is signed mail, which changing would spoil
        // (RFC 1847 §2.1). SMTPUTF8 brings 8BITMIME with it (RFC 6531 §3.1).
        if (mail.EightBit && !mail.NeedsSmtpUtf8 && !offered.HasFlag(SmtpCapabilities.EightBitMime))
            return (LocalError.EightBitNotOffered, "a signed part of the message has 8-bit octets, and the server takes 7-bit mail only");
        var size = MailData.Size(mail);
        if (offered.HasFlag(SmtpCapabilities.Size) && maxSize > 0 && size > maxSize)
            return (LocalError.LargerThanOffered, string.Create(CultureInfo.InvariantCulture, $"{size} octets, and the server takes {maxSize}"));
        // Addresses were checked where they came in; on the wire a line end would be a command of someone else's.
        if (mail.Sender.Any(char.IsControl) || mail.Recipient.Any(char.IsControl))
            return (LocalError.Internal, "a control character in the envelope");
        return null;
    }

    private static string Parameters(OutboundMail mail, SmtpCapabilities offered)
    {
        var parameters = new StringBuilder();
        if (offered.HasFlag(SmtpCapabilities.Size))
            parameters.Append(CultureInfo.InvariantCulture, $" SIZE={MailData.Size(mail)}");
        if (mail.EightBit && offered.HasFlag(SmtpCapabilities.EightBitMime))
            parameters.Append(" BODY=8BITMIME");
        if (mail.NeedsSmtpUtf8)
            parameters.Append(" SMTPUTF8");
        return parameters.Append("\r\n").ToString();
    }
}
