using System.Buffers;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceMails;

/// <summary>Which command a quoted reply answered, and who answered, as the words around it tell.</summary>
internal static class ReportedCommand
{
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    private static readonly (string Phrase, SmtpCommand Command)[] Phrases =
    [
        ("in reply to rcpt to", SmtpCommand.RcptTo), ("in reply to end of data", SmtpCommand.EndOfData), ("in reply to data", SmtpCommand.Data),
        ("in reply to mail from", SmtpCommand.MailFrom),
        ("in reply to ehlo", SmtpCommand.Ehlo), ("in reply to helo", SmtpCommand.Ehlo), ("in reply to starttls", SmtpCommand.StartTls),
        ("in reply to auth", SmtpCommand.Auth),
        ("after rcpt", SmtpCommand.RcptTo), ("after end of data", SmtpCommand.EndOfData), ("after data", SmtpCommand.Data),
        ("after mail from", SmtpCommand.MailFrom), ("after pipelined rcpt", SmtpCommand.RcptTo),
        ("after pipelined mail", SmtpCommand.MailFrom), ("after pipelined data", SmtpCommand.Data), ("after pipelined end of data", SmtpCommand.EndOfData),
        ("after initial connection", SmtpCommand.Greeting),
        ("after ehlo", SmtpCommand.Ehlo), ("after helo", SmtpCommand.Ehlo), ("after starttls", SmtpCommand.StartTls),
        ("does not like recipient", SmtpCommand.RcptTo), ("did not like our rcpt", SmtpCommand.RcptTo),
        ("did not like our mail", SmtpCommand.MailFrom), ("did not like our final data", SmtpCommand.EndOfData), ("did not like our data", SmtpCommand.Data),
        ("did not like our ehlo", SmtpCommand.Ehlo),
        ("failed after i sent the message", SmtpCommand.EndOfData), ("but sender was rejected", SmtpCommand.MailFrom),
        ("but my name was rejected", SmtpCommand.Ehlo), ("but greeting failed", SmtpCommand.Greeting),
        ("[rcpt_to]", SmtpCommand.RcptTo), ("[mail_from]", SmtpCommand.MailFrom), ("[data]", SmtpCommand.Data), ("response to rcpt", SmtpCommand.RcptTo),
        ("rcpt to response", SmtpCommand.RcptTo),
        ("following rcpt", SmtpCommand.RcptTo), ("following mail", SmtpCommand.MailFrom), ("following data", SmtpCommand.Data),
        ("for text command", SmtpCommand.EndOfData), ("for rcpt", SmtpCommand.RcptTo),
        ("for mail from", SmtpCommand.MailFrom), ("for mail command", SmtpCommand.MailFrom), (">>> rcpt to", SmtpCommand.RcptTo),
        (">>> mail from", SmtpCommand.MailFrom), (">>> data", SmtpCommand.Data),
    ];

    public static SmtpCommand Find(string text)
    {
        text = text.Replace('\n', ' ');
        foreach (var (phrase, command) in Phrases)
        {
            if (text.Contains(phrase, StringComparison.OrdinalIgnoreCase))
                return command;
        }
        return SmtpCommand.Unknown;
    }

    /// <summary>The host of "host mx.example[192.0.2.1] said", "while talking to mx.example", "Connected to 192.0.2.1 but" and the like.</summary>
    public static string? FindHost(string text)
    {
        foreach (var mark in (string[])["remote host ", "host: ", "host ", "talking to ", "connected to ", "connect to "])
        {
            if (text.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && FirstHost(text.AsSpan(at + mark.Length)) is { } host)
                return host;
        }
        foreach (var mark in (string[])[" does not like recipient", " failed after i sent", " did not like our", " responded with"])
        {
            if (text.IndexOf(mark, StringComparison.OrdinalIgnoreCase) is > 0 and var at)
            {
                var start = text.LastIndexOf('\n', at - 1) + 1;
                return FirstHost(text.AsSpan(start, at - start));
            }
        }
        return null;
    }

    private static string? FirstHost(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, 300)].TrimStart(" \t\r\n<\"'");
        var end = text.IndexOfAnyExcept(HostCharacters);
        var host = (end < 0 ? text : text[..end]).TrimEnd("-.");
        return host.Length is > 3 and <= 255 && host.Contains('.') ? host.ToString() : null;
    }
}
