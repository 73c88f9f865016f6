using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace EnhancedMta.Dkim;

/// <summary>An Ed25519 key (ed25519-sha256, RFC 8463): .NET itself has no Ed25519.</summary>
internal sealed class Ed25519DkimKey : DkimKey
{
    private readonly byte[] _private;
    private readonly byte[] _public;

    /// <param name="domain">Lower case, A-labels.</param>
    /// <param name="selector">Where the public key is.</param>
    /// <param name="key">The private key.</param>
    public Ed25519DkimKey(string domain, string selector, Ed25519PrivateKeyParameters key)
        : base(domain, selector)
    {
        _private = key.GetEncoded();
        _public = key.GeneratePublicKey().GetEncoded();
    }

    public override string Algorithm => DkimAlgorithm.Ed25519;

    public override string RecordType => "ed25519";

    /// <summary>RFC 8463 §4.2: the key alone, without the SubjectPublicKeyInfo around that RSA has.</summary>
    public override ReadOnlyMemory<byte> PublicKey => _public;

    public override int Bits => 256;

    public override int SignatureLength => Ed25519.SignatureSize;

    // RFC 8463 §3: PureEdDSA over the SHA-256 hash.
    public override void Sign(ReadOnlySpan<byte> hash, Span<byte> signature) => Ed25519.Sign(_private, (ReadOnlySpan<byte>)_public, hash, signature);

    protected override void Dispose(bool disposing) => Array.Clear(_private);
}
