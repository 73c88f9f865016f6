namespace EnhancedMta.MxRules;

public enum TlsLevel
{
    /// <summary>STARTTLS is not asked for.</summary>
    Off,
    /// <summary>Used where offered, whatever the certificate; in clear where it is not offered or broken.</summary>
    Opportunistic,
    /// <summary>Never in clear; any certificate.</summary>
    Required,
    /// <summary>Never in clear, and the certificate must be valid for the MX host.</summary>
    Verified,
}
