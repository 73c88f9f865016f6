using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;

namespace EnhancedMta.Dkim;

/// <summary>Reads private keys. What it says of a key that it cannot read never quotes it.</summary>
internal static class PrivateKeyReader
{
    private const string Expected = "an RSA or Ed25519 private key in PEM form (PKCS#8, or PKCS#1 for RSA), not encrypted";

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="selector">Where the public key is.</param>
    /// <param name="pem">PEM text; <c>\n</c> may stand for its line ends, as environment variables often have it.</param>
    /// <exception cref="CryptographicException">It is no key that can sign; the message says why, after the key's name.</exception>
    public static DkimKey Read(string domain, string selector, string pem)
    {
        var text = pem.Replace("\\n", "\n", StringComparison.Ordinal).AsSpan();
        if (text.Contains("DEK-Info:", StringComparison.Ordinal))
            throw new CryptographicException($"is encrypted; it must be {Expected}");
        while (PemEncoding.TryFind(text, out var fields))
        {
            var der = new byte[fields.DecodedDataLength];
            if (!Convert.TryFromBase64Chars(text[fields.Base64Data], der, out _))
                break;
            try
            {
                switch (text[fields.Label])
                {
                    case "RSA PRIVATE KEY" or "PRIVATE KEY":
                        return Read(domain, selector, der, text[fields.Label] is "PRIVATE KEY");
                    case "ENCRYPTED PRIVATE KEY":
                        throw new CryptographicException($"is encrypted; it must be {Expected}");
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(der);
            }
            text = text[fields.Location.End..];
        }
        throw new CryptographicException($"is not {Expected}");
    }

    private static DkimKey Read(string domain, string selector, byte[] der, bool isPkcs8)
    {
        try
        {
            if (isPkcs8)
            {
                var info = PrivateKeyInfo.GetInstance(der);
                if (info.PrivateKeyAlgorithm.Algorithm.Equals(EdECObjectIdentifiers.id_Ed25519))
                    return new Ed25519DkimKey(domain, selector, (Ed25519PrivateKeyParameters)PrivateKeyFactory.CreateKey(info));
            }
        }
        // The library throws many types, and may quote what it read.
        catch (Exception)
        {
            throw new CryptographicException($"cannot be read as {Expected}");
        }

        using var rsa = RSA.Create();
        try
        {
            if (isPkcs8)
                rsa.ImportPkcs8PrivateKey(der, out _);
            else
                rsa.ImportRSAPrivateKey(der, out _);
        }
        catch (CryptographicException)
        {
            throw new CryptographicException($"cannot be read as {Expected}");
        }
        return new RsaDkimKey(domain, selector, rsa);
    }
}
