using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>An RSA key (rsa-sha256, RFC 6376 §3.3.1).</summary>
public sealed class RsaDkimKey : DkimKey
{
    // RFC 8301 §3.2: verifiers must not consider shorter keys.
    private const int MinBits = 1024;

    private readonly RSAParameters _parameters;
    // An RSA object works for one thread at a time; each signature takes one out, so there are as many as threads that sign at once.
    private readonly ConcurrentStack<RSA> _free = new();

    private RsaDkimKey(string domain, string selector, RSA key)
        : base(domain, selector)
    {
        _parameters = key.ExportParameters(includePrivateParameters: true);
        SignatureLength = (key.KeySize + 7) / 8;
    }

    public override string Algorithm => "rsa-sha256";

    public override int SignatureLength { get; }

    /// <summary>Reads a private key.</summary>
    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="selector">Where the public key is.</param>
    /// <param name="pem">PKCS#1 or PKCS#8, not encrypted.</param>
    /// <exception cref="CryptographicException">No such key in it, or one that is too short.</exception>
    public static RsaDkimKey FromPem(string domain, string selector, string pem)
    {
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize < MinBits)
                throw new CryptographicException($"an RSA key of {key.KeySize} bits; {MinBits} is the least");
            return new RsaDkimKey(domain, selector, key);
        }
        catch (ArgumentException fault)
        {
            throw new CryptographicException("no RSA private key in PEM form (PKCS#1 or PKCS#8, not encrypted)", fault);
        }
    }

    public override void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (!_free.TryPop(out var key))
            key = RSA.Create(_parameters);
        try
        {
            key.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        finally
        {
            _free.Push(key);
        }
    }

    protected override void Dispose(bool disposing)
    {
        while (_free.TryPop(out var key))
            key.Dispose();
    }
}
