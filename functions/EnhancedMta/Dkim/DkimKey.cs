using System.Security.Cryptography;

namespace EnhancedMta.Dkim;

/// <summary>A signing key of a domain. Nothing that prints it shows the private part.</summary>
public abstract class DkimKey(string domain, string selector) : IDisposable
{
    private string? _fingerprint;

    /// <summary>The <c>d=</c> tag: lower case, A-labels.</summary>
    public string Domain { get; } = domain;

    /// <summary>The <c>s=</c> tag: the public key is at <c>selector._domainkey.domain</c>.</summary>
    public string Selector { get; } = selector;

    /// <summary>The <c>a=</c> tag, one of <see cref="DkimAlgorithm"/>.</summary>
    public abstract string Algorithm { get; }

    /// <summary>The <c>k=</c> tag of the key's record.</summary>
    public abstract string RecordType { get; }

    /// <summary>Octets of the <c>p=</c> tag of the key's record.</summary>
    public abstract ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Its size as people name it.</summary>
    public abstract int Bits { get; }

    /// <summary>Tells keys apart: 128 bits of the public key's hash, in hexadecimal.</summary>
    public string Fingerprint => _fingerprint ??= Convert.ToHexStringLower(SHA256.HashData(PublicKey.Span).AsSpan(0, 16));

    /// <summary>Octets of a signature.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>Signs a SHA-256 hash; safe to call from many threads at once.</summary>
    /// <param name="hash">32 octets.</param>
    /// <param name="signature">Takes <see cref="SignatureLength"/> octets.</param>
    public abstract void Sign(ReadOnlySpan<byte> hash, Span<byte> signature);

    public override string ToString() => $"{Selector}._domainkey.{Domain} ({Algorithm})";

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
