using System.Security.Cryptography.X509Certificates;
using EnhancedMta.MxRules;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Smtp;

/// <summary>How sessions with a site are opened.</summary>
/// <param name="Tls">Least that the MX rule asks of STARTTLS.</param>
/// <param name="Timeouts">For connecting and for each reply.</param>
/// <param name="MaxMessages">A session ends after so many.</param>
internal sealed record SessionTerms(TlsLevel Tls, SmtpTimeouts Timeouts, int MaxMessages)
{
    /// <summary>Whom a verified certificate must come from; null for those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>What the recipient's domain asks beyond that.</summary>
    public DomainPolicy? Policy { get; init; }

    /// <summary>Of it, what holds for the host that is spoken with.</summary>
    public HostPolicy? HostPolicy { get; init; }

    /// <summary>Why TLS is not even tried with a host that offers it.</summary>
    public string? BrokenTls { get; init; }

    /// <summary>Least that is asked of STARTTLS, by whomever.</summary>
    public TlsLevel Least => HostPolicy is { IsEnforced: true } && Tls < TlsLevel.Required ? TlsLevel.Required : Tls;
}
