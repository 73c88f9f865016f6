namespace EnhancedMta.Dkim;

/// <summary>A signing key of a domain. RSA so far; Ed25519 (RFC 8463) signs the same hash and fits the same shape.</summary>
public abstract class DkimKey(string domain, string selector) : IDisposable
{
    /// <summary>The <c>d=</c> tag: lower case, A-labels.</summary>
    public string Domain { get; } = domain;

    /// <summary>The <c>s=</c> tag: the public key is at <c>selector._domainkey.domain</c>.</summary>
    public string Selector { get; } = selector;

    /// <summary>The <c>a=</c> tag.</summary>
    public abstract string Algorithm { get; }

    /// <summary>Octets of a signature.</summary>
    public abstract int SignatureLength { get; }

    /// <summary>Signs a SHA-256 hash; safe to call from many threads at once.</summary>
    /// <param name="hash">32 octets.</param>
    /// <param name="signature">Takes <see cref="SignatureLength"/> octets.</param>
    public abstract void Sign(ReadOnlySpan<byte> hash, Span<byte> signature);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
