using System.Security.Cryptography;
using EnhancedMta.Benchmarks.Mail;
using EnhancedMta.Dkim;

namespace EnhancedMta.Benchmarks.Sign;

/// <summary>A key as mail is signed with it, and the least that signing a hash with it can cost.</summary>
/// <param name="Key">Ours.</param>
/// <param name="SignBare">What lies under it: <see cref="RSA"/>'s own SignHash; for Ed25519 the library's.</param>
internal sealed record BenchKey(DkimKey Key, Action<byte[]> SignBare) : IDisposable
{
    public static BenchKey Rsa()
    {
        var rsa = RSA.Create(2048);
        var signature = new byte[256];
        return new(new RsaDkimKey(Letter.SenderDomain, "rsa", rsa), hash => rsa.SignHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public static BenchKey Ed25519()
    {
        var key = PrivateKeyReader.Read(Letter.SenderDomain, "ed", PrivateKeyMaker.Make(DkimAlgorithm.Ed25519));
        var signature = new byte[64];
        return new(key, hash => key.Sign(hash, signature));
    }

    public void Dispose() => Key.Dispose();
}
