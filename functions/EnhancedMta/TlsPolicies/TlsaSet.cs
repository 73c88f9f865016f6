using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.TlsPolicies;

/// <summary>One TLSA record (RFC 6698 §2.1).</summary>
/// <param name="Usage">2: the certificate names an authority of the server's; 3: it is the server's own. 0 and 1 are of no use to SMTP (RFC 7672 §3.1.3).</param>
/// <param name="Selector">0: the whole certificate; 1: its public key.</param>
/// <param name="Matching">0: as it is; 1: SHA-256; 2: SHA-512.</param>
/// <param name="Data">What to compare with.</param>
internal sealed record Tlsa(int Usage, int Selector, int Matching, byte[] Data)
{
    public bool IsUsable => Usage is 2 or 3 && Selector is 0 or 1 && Matching switch
    {
        0 => Data.Length > 0,
        1 => Data.Length == SHA256.HashSizeInBytes,
        2 => Data.Length == SHA512.HashSizeInBytes,
        _ => false,
    };

    public bool Matches(X509Certificate2 certificate)
    {
        var selected = Selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return Matching switch
        {
            0 => selected.AsSpan().SequenceEqual(Data),
            1 => SHA256.HashData(selected).AsSpan().SequenceEqual(Data),
            _ => SHA512.HashData(selected).AsSpan().SequenceEqual(Data),
        };
    }

    public override string ToString() => FormattableString.Invariant($"{Usage} {Selector} {Matching} {Convert.ToHexStringLower(Data)}");
}

/// <summary>The TLSA records of a host, secure.</summary>
internal sealed class TlsaSet
{
    private readonly Tlsa[] _usable;

    public TlsaSet(IReadOnlyList<Tlsa> records)
    {
        Records = records;
        // RFC 7671 §9: of digests of the same thing only the strongest counts.
        _usable = [.. records.Where(record => record.IsUsable)
            .GroupBy(record => (record.Usage, record.Selector))
            .SelectMany(same => same.Where(record => record.Matching == 0 || record.Matching == same.Max(other => other.Matching)))];
    }

    public IReadOnlyList<Tlsa> Records { get; }

    /// <summary>False: TLS is asked for, and nothing more (RFC 7672 §2.2).</summary>
    public bool IsUsable => _usable.Length > 0;

    /// <summary>Whether a record matches what the server sent.</summary>
    /// <param name="certificates">The server's own first, DER.</param>
    /// <param name="names">Of which the server's certificate must have one, where the record names only its authority (RFC 7672 §3.2.3).</param>
    /// <param name="now">Certificates below an authority must be valid then.</param>
    public bool Matches(IReadOnlyList<byte[]> certificates, IReadOnlyList<string> names, DateTimeOffset now)
    {
        if (certificates.Count == 0)
            return false;
        X509Certificate2[] sent = [.. certificates.Select(X509CertificateLoader.LoadCertificate)];
        try
        {
            // RFC 7672 §3.1.1: of a server's own certificate neither name nor time matters.
            return _usable.Any(record => record.Usage == 3 && record.Matches(sent[0]))
                || (_usable.Any(record => record.Usage == 2) && names.Any(name => Names(sent[0], name)) && TrustAnchor.IsReached(sent, [.. _usable.Where(record => record.Usage == 2)], now));
        }
        finally
        {
            foreach (var certificate in sent)
                certificate.Dispose();
        }
    }

    private static bool Names(X509Certificate2 certificate, string name)
    {
        try
        {
            return certificate.MatchesHostname(name);
        }
        // A name that no certificate can have, or a certificate whose names cannot be read.
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
