namespace EnhancedMta.TlsPolicies;

/// <summary>Why a TLS session fails its policy (RFC 8460 §4.3).</summary>
internal enum TlsFault
{
    StartTlsNotSupported,
    CertificateHostMismatch,
    CertificateExpired,
    CertificateNotTrusted,
    /// <summary>A reason that matches no other.</summary>
    ValidationFailure,
    TlsaInvalid,
    DnssecInvalid,
    StsPolicyFetchError,
    StsPolicyInvalid,
    /// <summary>The policy host's certificate is not valid.</summary>
    StsWebPkiInvalid,
}

/// <param name="Fault">For reports.</param>
/// <param name="Detail">For people.</param>
internal sealed record TlsFailure(TlsFault Fault, string Detail);

internal static class TlsFaultNames
{
    /// <summary>The report's word (RFC 8460 §4.3).</summary>
    public static string Name(this TlsFault fault) => fault switch
    {
        TlsFault.StartTlsNotSupported => "starttls-not-supported",
        TlsFault.CertificateHostMismatch => "certificate-host-mismatch",
        TlsFault.CertificateExpired => "certificate-expired",
        TlsFault.CertificateNotTrusted => "certificate-not-trusted",
        TlsFault.TlsaInvalid => "tlsa-invalid",
        TlsFault.DnssecInvalid => "dnssec-invalid",
        TlsFault.StsPolicyFetchError => "sts-policy-fetch-error",
        TlsFault.StsPolicyInvalid => "sts-policy-invalid",
        TlsFault.StsWebPkiInvalid => "sts-webpki-invalid",
        _ => "validation-failure",
    };
}
