using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>Signs that a mail server wrote the mail, and not a person (RFC 3834 §2, RFC 5321 §4.5.5).</summary>
internal static class DaemonSigns
{
    private static readonly SearchValues<string> Senders = SearchValues.Create(
    [
        "mailer-daemon", "mailerdaemon", "mailer daemon", "mail-daemon", "maildaemon", "postmaster@", "\"postmaster\"", "poostmaster", "mail delivery", "delivery subsystem", "delivery system", "mail deliver", "mdaemon@", "bounce-notification",
        "system administrator", "mail administrator", "mail system", "microsoft exchange", "microsoftexchange", "mail transfer agent", "mmsc", "ndr administrator", "daemon@", "mailsystem", "mail router", "mailrouter", "exchange@", "non-delivery", "delivery-notification", "uucp@", "lotus", "mailer@",
        "internet mail", "mail gateway", "mail-router", "mailserver", "noreply-dsn", "double-bounce@", "delivery notification", "delivery status", "amazonses.com",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] Mailboxes = ["postmaster", "mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "abuse", "hostmaster", "root", "noreply", "no-reply", "support", "helpdesk", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"];

    /// <param name="from">A From field, its name or its value.</param>
    public static bool IsDaemon(string from) => from.AsSpan().ContainsAny(Senders) || from.Equals("postmaster", StringComparison.OrdinalIgnoreCase);

    /// <summary>A mailbox of the servers and their people, to which nobody sends a mailing.</summary>
    public static bool IsOfServer(string address)
    {
        var local = address.AsSpan(0, Math.Max(0, address.IndexOf('@', StringComparison.Ordinal)));
        foreach (var mailbox in Mailboxes)
        {
            if (local.Equals(mailbox, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>Is it likely that a mail of this header tells about a delivery?</summary>
    public static bool IsNotification(MailFields fields)
    {
        var from = fields["From"];
        if (fields.Has("X-Failed-Recipients") || (fields["Return-Path"] is "<>" && from is null))
            return true;
        if (from is null || from.Trim(' ', '<', '>').Length == 0 || IsDaemon(from))
            return true;
        return FailureWords.IsFailureSubject(fields["Subject"] ?? "");
    }
}
