namespace EnhancedMta.Qualification;

/// <summary>
/// The IANA registry of enhanced status codes (RFC 3463, 4468, 4954, 5248, 6531, 6710, 7293, 7372, 7504, 7505, 8616, 8689), by subject and detail.
/// A code that says no more than its basic code (x.0.0, x.1.0, x.5.0 and the like) is not here: the basic code and the command decide.
/// </summary>
internal static class StatusMeanings
{
    public static Meaning? Find(int subject, int detail) => (subject, detail) switch
    {
        // Addressing. Details 7 and 8 are about the sender, 10 is a null MX.
        (1, 1 or 3 or 4 or 6) => Meaning.UnknownUser,
        (1, 2) => Meaning.InvalidDomain,
        (1, 7 or 8) => Meaning.Policy,
        (1, 10) => Meaning.NoMailDomain,

        // Mailbox.
        (2, 1) => Meaning.DisabledUser,
        (2, 2) => Meaning.MailboxFull,
        (2, 3) => Meaning.TooLarge,
        (2, 4) => Meaning.System,

        // Mail system.
        (3, 1 or 2 or 5) => Meaning.System,
        (3, 3) => Meaning.Protocol,
        (3, 4) => Meaning.TooLarge,

        // Network and routing, as a relay behind the one we spoke with met them.
        (4, 1 or 2 or 3 or 5 or 6) => Meaning.System,
        (4, 4) => Meaning.InvalidDomain,
        (4, 7) => Meaning.Expired,

        // Protocol. Detail 3, too many recipients, is a limit of the session: we send one at a time.
        (5, 1 or 2 or 4 or 5 or 6) => Meaning.Protocol,
        (5, 3) => Meaning.Throttled,

        // Content.
        (6, >= 1 and <= 10) => Meaning.Protocol,

        // Security and policy: never the address's fault, so never Hard.
        (7, 5 or 8 or 9 or 11 or 12 or 13) => Meaning.Authentication, // RFC 4954 and 5248: SMTP AUTH
        (7, 16) => Meaning.TooLarge, // RFC 6710 §9: too large for its priority
        (7, >= 20 and <= 26 or 29) => Meaning.Authentication, // RFC 7372: DKIM, SPF, reverse DNS; RFC 8617: ARC
        (7, 28) => Meaning.Throttled, // mail flood detected
        (7, _) => Meaning.Policy,
        _ => null,
    };
}
