using System.Buffers;

namespace EnhancedMta.BounceMails;

/// <summary>Signs that a mail server wrote the mail, and not a person (RFC 3834 §2, RFC 5321 §4.5.5).</summary>
internal static class DaemonSigns
{
    private static readonly SearchValues<string> Senders = SearchValues.Create(
    [
        "mailer-daemon", "mailerdaemon", "mailer daemon", "mail-daemon", "maildaemon", "postmaster@", "post_master@", "mailer_daemon", "\"postmaster\"",
        "poostmaster", "mail delivery", "delivery subsystem", "delivery system", "mail deliver", "mdaemon@", "bounce-notification",
        "system administrator", "mail administrator", "mail system", "microsoft exchange", "microsoftexchange", "mail transfer agent", "mmsc", "ndr administrator",
        "daemon@", "mailsystem", "mail router", "mailrouter", "exchange@", "non-delivery", "delivery-notification", "uucp@", "lotus", "mailer@",
        "internet mail", "mail gateway", "mail-router", "mailserver", "noreply-dsn", "double-bounce@", "delivery notification", "delivery status", "amazonses.com",
    ], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] Mailboxes =
    [
        "postmaster", "mailer-daemon", "mailerdaemon", "mail-daemon", "maildaemon", "abuse", "hostmaster", "root", "noreply", "no-reply", "support",
        "helpdesk", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e",
    ];

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

    /// <summary>A server sent it: it says so, or it gives nobody to answer to.</summary>
    public static bool IsFromServer(MailFields fields)
    {
        var from = fields["From"]?.Trim(' ', '<', '>');
        return fields.Has("X-Failed-Recipients") || string.IsNullOrEmpty(from) || IsDaemon(from);
    }

    /// <summary>Is it likely that a mail of this header and text tells about a delivery?</summary>
    public static bool IsNotification(MailFields fields, NotificationText text)
    {
        if (IsFromServer(fields))
            return true;
        var subject = fields["Subject"] ?? "";
        // "Automatic reply: Undeliverable: …" is a person's answer to such a notification.
        if (AutoReplySigns.IsSubject(subject))
            return false;
        return FailureWords.IsFailureSubject(subject) || (HasNoReturn(fields) && FailureWords.IsFailureSubject(text.Whole));
    }

    /// <summary>RFC 5321 §4.5.5: the null return path, of notifications and automatic answers.</summary>
    public static bool HasNoReturn(MailFields fields) => fields["Return-Path"]?.Replace(" ", "", StringComparison.Ordinal) is "<>";
}
