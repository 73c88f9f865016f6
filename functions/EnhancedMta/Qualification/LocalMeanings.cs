using EnhancedMta.Smtp;

namespace EnhancedMta.Qualification;

/// <summary>What errors of our own mean.</summary>
internal static class LocalMeanings
{
    public static Verdict Find(LocalError error) => error switch
    {
        // Registries and zones go missing for a day and come back: Soft, and worth another look.
        LocalError.NoSuchDomain => Meaning.InvalidDomain.ForNow("local-no-such-domain"),
        LocalError.NoMailHost => Meaning.InvalidDomain.ForNow("local-no-mail-host"),
        LocalError.ProhibitedHost => Meaning.InvalidDomain.ForNow("local-prohibited-host"),
        LocalError.NullMx => Meaning.NoMailDomain.Permanent("local-null-mx"),
        LocalError.DnsUnavailable => Soft(CampaignReason.Unreachable, BounceCode.DnsFailure, ReplyClass.Dns, "local-dns-unavailable"),

        LocalError.ConnectRefused => Meaning.Session.ForNow("local-connect-refused"),
        LocalError.ConnectTimeout => Meaning.Session.ForNow("local-connect-timeout"),
        LocalError.ConnectFailed => Meaning.Session.ForNow("local-connect-failed"),
        LocalError.TlsFailed => Meaning.Session.ForNow("local-tls-failed"),
        LocalError.ConnectionLost => Meaning.Session.ForNow("local-connection-lost"),
        LocalError.ReplyTimeout => Soft(CampaignReason.Unreachable, BounceCode.Timeout, ReplyClass.Session, "local-reply-timeout"),
        LocalError.ProtocolViolation => Soft(CampaignReason.Unreachable, BounceCode.SoftBounce, ReplyClass.ProtocolFailure, "local-protocol-violation"),

        LocalError.SmtpUtf8NotOffered => Meaning.Protocol.Permanent("local-smtputf8-not-offered"),
        LocalError.LargerThanOffered => Meaning.TooLarge.Permanent("local-larger-than-offered"),

        LocalError.SigningFailed => Ours("local-signing-failed"),
        LocalError.EgressFailed => Ours("local-egress-failed"),
        LocalError.Internal => Ours("local-internal"),
        LocalError.ContentLost => Ours("local-content-lost") with { Final = true },
        LocalError.Expired => Meaning.Expired.Permanent("local-expired"),
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "No rule for this error."),
    };

    private static Verdict Soft(CampaignReason reason, BounceCode code, ReplyClass @class, string rule) =>
        new(FailureType.Soft, reason, code, @class, rule, Final: false);

    private static Verdict Ours(string rule) => Soft(CampaignReason.NotDefined, BounceCode.Undetermined, ReplyClass.Local, rule);
}
