using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>A root, and an authority below it that issues servers' certificates, as the great ones do.</summary>
internal sealed class MailAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<X509Certificate2> _issued = [];

    public MailAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Request("CN=Root", key, isAuthority: true).CreateSelfSigned(Begin, End.AddYears(2));
        Intermediate = Issue("CN=Intermediate", null, Root, End.AddYears(1));
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>For who trusts it.</summary>
    public X509Certificate2Collection Trusted => [X509CertificateLoader.LoadCertificate(Root.RawData)];

    public X509Certificate2 Issue(string host, bool isExpired = false) => Issue($"CN={host}", host, Intermediate, isExpired ? new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero) : End);

    public X509Certificate2 IssueByRoot(string host) => Issue($"CN={host}", host, Root, End);

    public SslStreamCertificateContext Identity(string host, bool isExpired = false) => Identity(Issue(host, isExpired));

    /// <summary>A server sends its own certificate and the intermediate one.</summary>
    public SslStreamCertificateContext Identity(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, [X509CertificateLoader.LoadCertificate(Intermediate.RawData)], offline: true);

    public static SslStreamCertificateContext SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SslStreamCertificateContext.Create(Request($"CN={host}", key, isAuthority: false, host).CreateSelfSigned(Begin, End), null, offline: true);
    }

    public static byte[] PublicKey(X509Certificate2 certificate) => certificate.PublicKey.ExportSubjectPublicKeyInfo();

    public void Dispose()
    {
        Root.Dispose();
        foreach (var certificate in _issued)
            certificate.Dispose();
    }

    private X509Certificate2 Issue(string subject, string? host, X509Certificate2 issuer, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(subject, key, isAuthority: host is null, host).Create(issuer, Begin, end, RandomNumberGenerator.GetBytes(8));
        var issued = certificate.CopyWithPrivateKey(key);
        _issued.Add(issued);
        return issued;
    }

    private static CertificateRequest Request(string subject, ECDsa key, bool isAuthority, string? host = null)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }
        return request;
    }
}
