using System.Security.Cryptography;
using EnhancedMta.Dkim;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;

namespace EnhancedMta.Tests.Dkim;

/// <summary>A key of either kind, and MimeKit's verifier for what is signed with them.</summary>
internal sealed class Verified : DkimPublicKeyLocatorBase
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly RSA Pair = RSA.Create(2048);

    public static string Pkcs1Pem { get; } = Pair.ExportRSAPrivateKeyPem();

    public static string Pkcs8Pem { get; } = Pair.ExportPkcs8PrivateKeyPem();

    public static string Ed25519Pem { get; } = PrivateKeyMaker.Make(DkimAlgorithm.Ed25519);

    public static DkimKey Key { get; } = PrivateKeyReader.Read("example.com", "s1", Pkcs8Pem);

    public static DkimKey Ed25519Key { get; } = PrivateKeyReader.Read("example.com", "e1", Ed25519Pem);

    /// <summary>The first signature of the message stands, in the eyes of MimeKit.</summary>
    public static bool Verify(byte[] signed) => VerifyAll(signed)[0].Passes;

    /// <summary>What MimeKit thinks of each of our signatures in turn.</summary>
    public static IReadOnlyList<(string Algorithm, bool Passes)> VerifyAll(byte[] signed)
    {
        var message = MimeMessage.Load(new MemoryStream(signed));
        var verifier = new DkimVerifier(new Verified());
        return [.. message.Headers
            .Where(header => header.Id == HeaderId.DkimSignature && header.Value.Contains("c=relaxed/relaxed", StringComparison.Ordinal))
            .Select(header => (header.Value.Split("a=")[1].Split(';')[0], verifier.Verify(message, header)))];
    }

    public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
    {
        Assert.Equal("example.com", domain);
        return GetPublicKey(DkimRecord.Of(selector == "s1" ? Key : Ed25519Key).Value);
    }

    public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
}
