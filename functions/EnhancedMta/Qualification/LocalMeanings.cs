using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>What errors of our own mean. No rules: these are our words, and their meaning is ours to know.</summary>
internal static class LocalMeanings
{
    public static Verdict Find(LocalError error)
    {
        var (@class, rule, final) = error switch
        {
            // Registries and zones go missing for a day and come back: Soft, and worth another look.
            LocalError.NoSuchDomain => (ReplyClass.InvalidDomain, "local-no-such-domain", false),
            LocalError.NoMailHost => (ReplyClass.InvalidDomain, "local-no-mail-host", false),
            LocalError.ProhibitedHost => (ReplyClass.InvalidDomain, "local-prohibited-host", false),
            LocalError.NullMx => (ReplyClass.NoMailDomain, "local-null-mx", true),
            LocalError.DnsUnavailable => (ReplyClass.Dns, "local-dns-unavailable", false),

            LocalError.ConnectRefused => (ReplyClass.Session, "local-connect-refused", false),
            LocalError.ConnectTimeout => (ReplyClass.Session, "local-connect-timeout", false),
            LocalError.ConnectFailed => (ReplyClass.Session, "local-connect-failed", false),
            LocalError.TlsFailed => (ReplyClass.Session, "local-tls-failed", false),
            LocalError.ConnectionLost => (ReplyClass.Session, "local-connection-lost", false),
            LocalError.ReplyTimeout => (ReplyClass.Session, "local-reply-timeout", false),
            LocalError.ProtocolViolation => (ReplyClass.ProtocolFailure, "local-protocol-violation", false),

            LocalError.SmtpUtf8NotOffered => (ReplyClass.FormatRefusal, "local-smtputf8-not-offered", true),
            LocalError.EightBitNotOffered => (ReplyClass.FormatRefusal, "local-8bitmime-not-offered", true),
            LocalError.LargerThanOffered => (ReplyClass.TooLarge, "local-larger-than-offered", true),

            LocalError.SigningFailed => (ReplyClass.Local, "local-signing-failed", false),
            LocalError.EgressFailed => (ReplyClass.Local, "local-egress-failed", false),
            LocalError.Internal => (ReplyClass.Local, "local-internal", false),
            LocalError.ContentLost => (ReplyClass.Local, "local-content-lost", true),
            LocalError.Expired => (ReplyClass.Expired, "local-expired", true),
            _ => throw new ArgumentOutOfRangeException(nameof(error), error, "No meaning for this error."),
        };
        var meaning = ClassMeanings.Of(@class);
        var code = error == LocalError.ReplyTimeout ? BounceCode.Timeout : meaning.Code;
        return new Verdict(meaning.Type, meaning.Reason, code, @class, rule, final);
    }
}
