using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.TlsPolicies;

/// <summary>How we speak TLS to strangers.</summary>
internal static class ClientTls
{
    public static SslClientAuthenticationOptions Options(X509Certificate2Collection? authorities) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = ChainPolicy(authorities),
    };

    /// <summary>Missing certificates are not downloaded: their addresses are the server's choice, and may lie in our own network.</summary>
    /// <param name="authorities">Whom to trust; null for those that the system trusts.</param>
    public static X509ChainPolicy ChainPolicy(X509Certificate2Collection? authorities)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
        }
        return policy;
    }
}
