using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>What basic reply codes mean by the command that they answer (RFC 5321 §4.2.2 and §4.3.2, RFC 4954, RFC 7504).</summary>
internal static class CodeMeanings
{
    /// <summary>Of a code from 400 to 599.</summary>
    public static Meaning Find(int code, SmtpCommand command) => code switch
    {
        421 => Meaning.Session,
        < 500 => Meaning.Transient,
        <= 504 or 555 => Meaning.Protocol,
        521 => Meaning.System,
        >= 530 and <= 538 => Meaning.Authentication,
        556 => Meaning.NoMailDomain,
        _ => ByCommand(code, command),
    };

    // After RCPT the mailbox is refused; after the data the message is, and after MAIL the sender.
    private static Meaning ByCommand(int code, SmtpCommand command) => (code, command) switch
    {
        (550 or 551 or 553, SmtpCommand.RcptTo) => Meaning.UnknownUser,
        (552, SmtpCommand.RcptTo) => Meaning.MailboxFull,
        (552, SmtpCommand.MailFrom or SmtpCommand.Data or SmtpCommand.EndOfData) => Meaning.TooLarge,
        (550 or 551 or 553 or 554, not SmtpCommand.Unknown) => Meaning.Policy,
        _ => Meaning.Generic,
    };

    /// <summary>How rules name a command.</summary>
    public static string Name(SmtpCommand command) => command switch
    {
        SmtpCommand.Greeting => "greeting",
        SmtpCommand.Ehlo => "ehlo",
        SmtpCommand.StartTls => "starttls",
        SmtpCommand.Auth => "auth",
        SmtpCommand.MailFrom => "mail",
        SmtpCommand.RcptTo => "rcpt",
        SmtpCommand.Data => "data",
        SmtpCommand.EndOfData => "end",
        _ => "unknown",
    };
}
