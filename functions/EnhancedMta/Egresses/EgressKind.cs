using System.Security.Cryptography.X509Certificates;
using EnhancedMta.Sites;

namespace EnhancedMta.Egresses;

/// <summary>How connections of an egress are made.</summary>
public abstract record EgressKind
{
    private EgressKind()
    {
    }

    /// <summary>A socket of our own.</summary>
    public sealed record Direct : EgressKind
    {
        public static Direct Instance { get; } = new();
    }

    /// <summary>A SOCKS5 proxy (RFC 1928) on a host that owns the IP. We resolve names ourselves and hand it addresses.</summary>
    /// <param name="Proxy">Where it listens.</param>
    /// <param name="Credentials">RFC 1929, or null when it asks for none.</param>
    public sealed record Socks5(MxHost Proxy, EgressCredentials? Credentials) : EgressKind;

    /// <summary>A submission server that takes the mail for all domains (RFC 6409), over verified TLS only.</summary>
    /// <param name="Site">Its host.</param>
    /// <param name="Credentials">SMTP AUTH, or null when it knows us by our address.</param>
    /// <param name="Authorities">Whom its certificate must come from; null for those that the system trusts.</param>
    public sealed record Smarthost(Site Site, EgressCredentials? Credentials, X509Certificate2Collection? Authorities) : EgressKind;
}
