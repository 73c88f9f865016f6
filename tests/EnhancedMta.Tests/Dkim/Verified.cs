using System.Security.Cryptography;
using System.Text;
using EnhancedMta.Dkim;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace EnhancedMta.Tests.Dkim;

/// <summary>A key pair, and MimeKit's verifier for what is signed with it.</summary>
internal sealed class Verified : DkimPublicKeyLocatorBase
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RSA Pair = RSA.Create(2048);

    public static string Pkcs1Pem { get; } = Pair.ExportRSAPrivateKeyPem();

    public static string Pkcs8Pem { get; } = Pair.ExportPkcs8PrivateKeyPem();

    public static RsaDkimKey Key { get; } = RsaDkimKey.FromPem("example.com", "s1", Pkcs8Pem);

    public static byte[] Octets(string message) => Encoding.Latin1.GetBytes(message.ReplaceLineEndings("\r\n"));

    /// <summary>The first signature of the message stands, in the eyes of MimeKit.</summary>
    public static bool Verify(byte[] signed)
    {
        var message = MimeMessage.Load(new MemoryStream(signed));
        var signature = message.Headers.First(header => header.Id == HeaderId.DkimSignature);
        return new DkimVerifier(new Verified()).Verify(message, signature);
    }

    public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
    {
        Assert.Equal("example.com", domain);
        Assert.Equal("s1", selector);
        return GetPublicKey($"v=DKIM1; k=rsa; p={Convert.ToBase64String(Pair.ExportSubjectPublicKeyInfo())}");
    }

    public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
}
