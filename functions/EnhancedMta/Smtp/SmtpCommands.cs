using System.Collections.Frozen;

namespace EnhancedMta.Smtp;

/// <summary>Names of commands as rules, logs and bounce mails have them.</summary>
public static class SmtpCommands
{
    private static readonly FrozenDictionary<string, SmtpCommand> ByName = new Dictionary<string, SmtpCommand>(StringComparer.OrdinalIgnoreCase)
    {
        ["greeting"] = SmtpCommand.Greeting,
        ["connect"] = SmtpCommand.Greeting,
        ["conn"] = SmtpCommand.Greeting,
        ["ehlo"] = SmtpCommand.Ehlo,
        ["helo"] = SmtpCommand.Ehlo,
        ["starttls"] = SmtpCommand.StartTls,
        ["auth"] = SmtpCommand.Auth,
        ["mail"] = SmtpCommand.MailFrom,
        ["mail from"] = SmtpCommand.MailFrom,
        ["mailfrom"] = SmtpCommand.MailFrom,
        ["rcpt"] = SmtpCommand.RcptTo,
        ["rcpt to"] = SmtpCommand.RcptTo,
        ["rcptto"] = SmtpCommand.RcptTo,
        ["data"] = SmtpCommand.Data,
        ["end"] = SmtpCommand.EndOfData,
        ["end of data"] = SmtpCommand.EndOfData,
        ["endofdata"] = SmtpCommand.EndOfData,
        ["unknown"] = SmtpCommand.Unknown,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names to write.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<SmtpCommand>().Select(Name)];

    public static string Name(this SmtpCommand command) => command switch
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

    /// <summary>Reads a name in any of its usual forms: <c>RCPT</c>, <c>rcpt to</c>, <c>RcptTo</c>.</summary>
    public static bool TryParse(string? text, out SmtpCommand command) => ByName.TryGetValue(text?.Trim() ?? "", out command);
}
