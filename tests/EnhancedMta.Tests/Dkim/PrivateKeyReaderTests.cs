using System.Security.Cryptography;
using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class PrivateKeyReaderTests
{
    // From openssl: genpkey -algorithm ed25519.
    private const string OpenSslEd25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

    [Fact]
    public void Rsa_is_read_in_both_forms_and_Ed25519_as_openssl_writes_it()
    {
        foreach (var pem in new[] { Verified.Pkcs1Pem, Verified.Pkcs8Pem, Verified.Pkcs8Pem.ReplaceLineEndings("\\n"), "some text before\n" + Verified.Pkcs1Pem })
        {
            using var key = Read(pem);
            Assert.Equal(("rsa-sha256", 2048, Verified.Key.Fingerprint), (key.Algorithm, key.Bits, key.Fingerprint));
        }
        using var ed25519 = Read(OpenSslEd25519);
        Assert.Equal(("ed25519-sha256", 32), (ed25519.Algorithm, ed25519.PublicKey.Length));
    }

    [Fact]
    public void Keys_that_are_made_can_be_read()
    {
        foreach (var algorithm in DkimAlgorithm.All)
        {
            using var key = Read(PrivateKeyMaker.Make(algorithm));
            Assert.Equal(algorithm, key.Algorithm);
        }
    }

    public static TheoryData<string, string> Unusable
    {
        get
        {
            using var small = RSA.Create(1024);
            using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var good = RSA.Create(2048);
            var broken = Verified.Pkcs8Pem.Remove(200, 60);
            return new()
            {
                { small.ExportPkcs8PrivateKeyPem(), "1024" },
                { curve.ExportPkcs8PrivateKeyPem(), "cannot be read" },
                { curve.ExportECPrivateKeyPem(), "is not" },
                { good.ExportSubjectPublicKeyInfoPem(), "is not" },
                { good.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10)), "encrypted" },
                { "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----", "encrypted" },
                { broken, "PEM form" },
                { "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "cannot be read" },
                { "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsQ==\n-----END PRIVATE KEY-----", "cannot be read" },
                { "-----BEGIN nothing", "is not" },
                { "", "is not" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Unusable))]
    public void What_cannot_sign_is_refused_in_words_that_do_not_quote_it(string pem, string says)
    {
        var fault = Assert.Throws<CryptographicException>(() => Read(pem));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Null(fault.InnerException);
        Secrets.AssertNotIn(pem, fault.ToString());
    }

    [Fact]
    public void A_key_whose_numbers_do_not_belong_together_is_refused()
    {
        using var one = RSA.Create(2048);
        using var two = RSA.Create(2048);
        var mixed = one.ExportParameters(true);
        mixed.Modulus = two.ExportParameters(true).Modulus;
        Assert.ThrowsAny<CryptographicException>(() =>
        {
            using var rsa = RSA.Create(mixed);
            using var key = new RsaDkimKey("example.com", "s1", rsa);
        });
    }

    [Fact]
    public void Printing_a_key_shows_its_name_only()
    {
        Assert.Equal("s1._domainkey.example.com (rsa-sha256)", Verified.Key.ToString());
        Assert.Equal("e1._domainkey.example.com (ed25519-sha256)", Verified.Ed25519Key.ToString());
        var setting = new DkimKeySetting("example.com", "s1", PrivateKeyOrigin.Pem(Verified.Pkcs8Pem));
        Secrets.AssertNotIn(Verified.Pkcs8Pem, setting.ToString());
        var entry = DkimKeyEntry.Good(Verified.Key, "here");
        Secrets.AssertNotIn(Verified.Pkcs8Pem, entry.ToString());
        Secrets.AssertNotIn(Verified.Pkcs8Pem, new DkimKeyLookup.Found([Verified.Key]).ToString());
    }

    private static DkimKey Read(string pem) => PrivateKeyReader.Read("example.com", "s1", pem);
}
