using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.TlsPolicies;

/// <summary>How policies are looked for. What is settable here and not by app settings is for laboratories.</summary>
public sealed record TlsPolicyOptions
{
    /// <summary>Of policy hosts.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Whom a policy host's certificate must come from; null for those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>For a whole fetch (RFC 8461 §3.3 suggests a minute; mail waits meanwhile).</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After a failed fetch (RFC 8461 §3.3: five minutes or longer).</summary>
    public TimeSpan FetchAgainAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A policy in use is fetched anew when it is so old, so that it does not run out (RFC 8461 §10.2).</summary>
    public TimeSpan RefreshAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>For so long messages of a domain do not try anew what its policy just forbade.</summary>
    public TimeSpan RememberFailureFor { get; init; } = TimeSpan.FromMinutes(1);
}
