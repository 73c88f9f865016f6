using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.Smtp;

/// <summary>Bounds of the connection pool of one process. Those of a path are its MX rule's.</summary>
public sealed record SmtpPoolOptions
{
    /// <summary>Open connections of the process, idle ones included.</summary>
    public int MaxConnections { get; init; } = 200;

    /// <summary>An idle connection is closed after this. Many servers close theirs after a minute or less.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Addresses tried for one session, over all hosts of the site (RFC 5321 §5.1 allows a limit).</summary>
    public int MaxAddresses { get; init; } = 6;

    /// <summary>For this long a host that could not be reached is tried after the others.</summary>
    public TimeSpan AvoidHostFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whom verified certificates of MX hosts must come from; null for those that the system trusts. For laboratories.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>For this long a host whose TLS failed is spoken to in clear.</summary>
    public TimeSpan AvoidTlsFor { get; init; } = TimeSpan.FromMinutes(10);
}
