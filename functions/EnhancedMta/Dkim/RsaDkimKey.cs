using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>An RSA key (rsa-sha256, RFC 6376 §3.3.1).</summary>
internal sealed class RsaDkimKey : DkimKey
{
    // RFC 8301 §3.2: signers should use 2048 bits at least; verifiers need not take more than 4096.
    private const int MinBits = 2048;
    private const int MaxBits = 4096;

    private readonly RSAParameters _parameters;
    // An RSA object works for one thread at a time; each signature takes one out, so there are as many as threads that sign at once.
    private readonly ConcurrentStack<RSA> _free = new();

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="selector">Where the public key is.</param>
    /// <param name="key">Stays the caller's.</param>
    /// <exception cref="CryptographicException">The key cannot sign, or no verifier would take it.</exception>
    public RsaDkimKey(string domain, string selector, RSA key)
        : base(domain, selector)
    {
        if (key.KeySize is < MinBits or > MaxBits)
            throw new CryptographicException($"is an RSA key of {key.KeySize} bits; {MinBits} to {MaxBits} are taken");
        _parameters = key.ExportParameters(includePrivateParameters: true);
        PublicKey = key.ExportSubjectPublicKeyInfo();
        Bits = key.KeySize;
        SignatureLength = (key.KeySize + 7) / 8;
        RequireWorking(key);
    }

    public override string Algorithm => DkimAlgorithm.Rsa;

    public override string RecordType => "rsa";

    public override ReadOnlyMemory<byte> PublicKey { get; }

    public override int Bits { get; }

    public override int SignatureLength { get; }

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

    // Numbers that do not belong together are read without complaint, and sign what nobody can verify.
    private static void RequireWorking(RSA key)
    {
        var probe = new byte[SHA256.HashSizeInBytes];
        if (!key.VerifyHash(probe, key.SignHash(probe, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            throw new CryptographicException("is an RSA key whose signatures do not verify");
    }
}
