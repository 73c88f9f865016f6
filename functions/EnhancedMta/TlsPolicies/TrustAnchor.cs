using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.TlsPolicies;

/// <summary>Authorities that a domain names by itself (DANE-TA, RFC 7672 §3.1.2): trusted by nobody else, and not always a root.</summary>
internal static class TrustAnchor
{
    private const X509ChainStatusFlags Harmless = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <summary>Whether good signatures lead from the server's certificate to one that a record names.</summary>
    /// <param name="sent">By the server; its own first.</param>
    /// <param name="records">Of usage 2.</param>
    /// <param name="now">Certificates must be valid then.</param>
    public static bool IsReached(IReadOnlyList<X509Certificate2> sent, IReadOnlyList<Tlsa> records, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = ClientTls.ChainPolicy([]) };
        var policy = chain.ChainPolicy;
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        policy.VerificationTime = now.UtcDateTime;
        policy.ExtraStore.AddRange(sent.Skip(1).ToArray());
        // RFC 7672 §3.1.2: an authority that stands in the DNS as a whole need not be sent.
        foreach (var whole in records.Where(record => record is { Selector: 0, Matching: 0 }))
        {
            if (Read(whole.Data) is { } authority)
                policy.ExtraStore.Add(authority);
        }
        chain.Build(sent[0]);
        // From the leaf upwards: what lies above the authority is not its concern.
        foreach (var element in chain.ChainElements)
        {
            if (element.ChainElementStatus.Any(status => (status.Status & ~Harmless) != 0))
                return false;
            if (element != chain.ChainElements[0] && records.Any(record => record.Matches(element.Certificate)))
                return true;
        }
        return false;
    }

    private static X509Certificate2? Read(byte[] der)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
