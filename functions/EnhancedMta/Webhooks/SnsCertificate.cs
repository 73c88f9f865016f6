using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.Webhooks;

/// <summary>What is needed of a signing certificate.</summary>
internal sealed record SnsCertificate
{
    private const int LeastKeySize = 2048;

    private readonly byte[] _publicKey;
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _until;

    private SnsCertificate(byte[] publicKey, DateTimeOffset from, DateTimeOffset until) => (_publicKey, _from, _until) = (publicKey, from, until);

    public bool IsValidAt(DateTimeOffset time) => _from <= time && time <= _until;

    /// <param name="octets">PEM or DER.</param>
    /// <exception cref="SnsRefusedException">It is none, or not of Amazon SNS.</exception>
    public static SnsCertificate Read(ReadOnlySpan<byte> octets)
    {
        try
        {
            // The file holds the leaf alone, and the issuer's certificate would have to be fetched over plain HTTP to build a chain. What vouches for
            // it is the chain of the host that serves it (SnsUrls), which TLS has checked; beside that it must be made out to SNS and be valid now.
            using var certificate = X509CertificateLoader.LoadCertificate(octets);
            if (!IsSns(certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false)))
                throw new SnsRefusedException("the certificate is not made out to Amazon SNS");
            using var key = certificate.GetRSAPublicKey();
            if (key is null || key.KeySize < LeastKeySize)
                throw new SnsRefusedException($"the certificate's key is not RSA of at least {LeastKeySize} bits");
            return new SnsCertificate(key.ExportSubjectPublicKeyInfo(), certificate.NotBefore, certificate.NotAfter);
        }
        catch (CryptographicException)
        {
            throw new SnsRefusedException("what is at SigningCertURL is no certificate");
        }
    }

    /// <param name="envelope">What came.</param>
    /// <returns>Why it proves nothing; null when the envelope was signed with this certificate's key.</returns>
    public string? Fault(SnsEnvelope envelope)
    {
        HashAlgorithmName? hash = envelope.SignatureVersion switch
        {
            // The topic's owner chooses; 1 is what topics have from the start.
            "1" => HashAlgorithmName.SHA1,
            "2" => HashAlgorithmName.SHA256,
            _ => null,
        };
        if (hash is not { } algorithm)
            return "SignatureVersion is neither 1 nor 2";
        var signature = new byte[envelope.Signature.Length];
        if (!Convert.TryFromBase64String(envelope.Signature, signature, out var length))
            return "Signature is no base64";
        using var key = RSA.Create();
        key.ImportSubjectPublicKeyInfo(_publicKey, out _);
        return key.VerifyData(envelope.SignedOctets(), signature.AsSpan(0, length), algorithm, RSASignaturePadding.Pkcs1) ? null : "the signature is not of this message, or of another key";
    }

    // sns.amazonaws.com in most regions; sns-signing.<region>.amazonaws.com, sns-<region>.amazonaws.com.cn and the like in others.
    private static bool IsSns(string name) =>
        (name.StartsWith("sns.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("sns-", StringComparison.OrdinalIgnoreCase))
        && (name.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase));
}
