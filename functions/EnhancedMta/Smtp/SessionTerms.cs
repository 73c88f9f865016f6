using System.Security.Cryptography.X509Certificates;
using EnhancedMta.MxRules;

namespace EnhancedMta.Smtp;

/// <summary>How sessions with a site are opened.</summary>
/// <param name="Tls">Least that is asked of STARTTLS.</param>
/// <param name="Timeouts">For connecting and for each reply.</param>
/// <param name="MaxMessages">A session ends after so many.</param>
internal sealed record SessionTerms(TlsLevel Tls, SmtpTimeouts Timeouts, int MaxMessages)
{
    /// <summary>Whom a verified certificate must come from; null for those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}
