using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>What basic reply codes mean by the command that they answer (RFC 5321 §4.2.2 and §4.3.2, RFC 4954, RFC 7504).</summary>
internal static class CodeMeanings
{
    public static Meaning Find(int code, SmtpCommand command) => (code, command) switch
    {
        (421, _) => Meaning.Session,
        (>= 400 and <= 499, _) => Meaning.Transient,

        (>= 500 and <= 504 or 555, _) => Meaning.Protocol,
        (521, _) => Meaning.System,
        (>= 530 and <= 538, _) => Meaning.Authentication,

        // After RCPT the mailbox is refused; after the data the message is, and after MAIL the sender.
        (550 or 551 or 553, SmtpCommand.RcptTo) => Meaning.UnknownUser,
        (552, SmtpCommand.RcptTo) => Meaning.MailboxFull,
        (552, SmtpCommand.MailFrom or SmtpCommand.Data or SmtpCommand.EndOfData) => Meaning.TooLarge,
        (550 or 551 or 553 or 554, not SmtpCommand.Unknown) => Meaning.Policy,
        (556, _) => Meaning.NoMailDomain,
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
