using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Tests.TlsPolicies;

public sealed class TlsaSetTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _certificate = Create();

    public void Dispose() => _certificate.Dispose();

    [Theory]
    [InlineData(0, 1, 1, 32, false)]
    [InlineData(1, 1, 1, 32, false)]
    [InlineData(2, 1, 1, 32, true)]
    [InlineData(3, 0, 2, 64, true)]
    [InlineData(3, 0, 0, 900, true)]
    [InlineData(3, 0, 0, 0, false)]
    [InlineData(3, 1, 1, 20, false)]
    [InlineData(3, 1, 2, 32, false)]
    [InlineData(3, 2, 1, 32, false)]
    [InlineData(3, 1, 3, 32, false)]
    [InlineData(4, 1, 1, 32, false)]
    public void A_record_is_usable_or_not(int usage, int selector, int matching, int length, bool isUsable) =>
        Assert.Equal(isUsable, new TlsaSet([new Tlsa(usage, selector, matching, new byte[length])]).IsUsable);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void Each_selector_and_matching_type_finds_the_certificate(int selector, int matching)
    {
        Assert.True(Matches(new Tlsa(3, selector, matching, Data(selector, matching))));
        var other = Data(selector, matching);
        other[^1] ^= 1;
        Assert.False(Matches(new Tlsa(3, selector, matching, other)));
    }

    [Fact]
    public void One_record_that_matches_is_enough() =>
        Assert.True(Matches(new Tlsa(3, 1, 1, new byte[32]), new Tlsa(3, 1, 1, Data(1, 1))));

    [Fact]
    public void Beside_a_stronger_digest_a_weaker_one_does_not_count() =>
        Assert.False(Matches(new Tlsa(3, 1, 1, Data(1, 1)), new Tlsa(3, 1, 2, new byte[64])));

    [Fact]
    public void Without_a_certificate_nothing_matches() => Assert.False(new TlsaSet([new Tlsa(3, 1, 1, Data(1, 1))]).Matches([], ["mx.test"], Now));

    private bool Matches(params Tlsa[] records) => new TlsaSet(records).Matches([_certificate.RawData], ["mx.test"], Now);

    private byte[] Data(int selector, int matching)
    {
        var selected = selector == 0 ? _certificate.RawData.ToArray() : _certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return matching switch { 0 => selected, 1 => SHA256.HashData(selected), _ => SHA512.HashData(selected) };
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=anything", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
    }
}
