using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;

namespace EnhancedMta.Dkim;

/// <summary>Makes new private keys.</summary>
internal static class PrivateKeyMaker
{
    // RFC 8301 §3.2; a longer key costs several times as much to sign with, and its record needs more than one string.
    private const int RsaBits = 2048;

    /// <returns>PKCS#8 in PEM form.</returns>
    public static string Make(string algorithm)
    {
        if (algorithm == DkimAlgorithm.Ed25519)
            return PemEncoding.WriteString("PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(new Ed25519PrivateKeyParameters(new SecureRandom())).GetDerEncoded());
        using var rsa = RSA.Create(RsaBits);
        return rsa.ExportPkcs8PrivateKeyPem();
    }
}
