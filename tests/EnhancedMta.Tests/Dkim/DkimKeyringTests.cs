using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class DkimKeyringTests
{
    [Fact]
    public void A_domain_finds_its_own_key_or_the_closest_above_it()
    {
        using var keyring = new DkimKeyring(
        [
            new("Example.com", "one", Verified.Pkcs1Pem),
            new("news.example.com", "two", Verified.Pkcs8Pem),
        ]);
        Assert.Equal("one", Key(keyring, "example.com").Selector);
        Assert.Equal("example.com", Key(keyring, "a.b.example.com").Domain);
        Assert.Equal("two", Key(keyring, "news.example.com").Selector);
        Assert.Equal("two", Key(keyring, "x.news.example.com").Selector);
        Assert.Empty(keyring.Faults);
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("notexample.com")]
    [InlineData("com")]
    public void A_domain_without_a_key_is_not_configured(string domain)
    {
        using var keyring = new DkimKeyring([new("example.com", "one", Verified.Pkcs8Pem)]);
        Assert.IsType<DkimKeyLookup.NotConfigured>(keyring.Find(domain));
    }

    [Fact]
    public void A_pem_text_may_have_its_line_ends_escaped()
    {
        using var keyring = new DkimKeyring([new("example.com", "one", Verified.Pkcs8Pem.ReplaceLineEndings("\\n"))]);
        Assert.IsType<DkimKeyLookup.Found>(keyring.Find("example.com"));
    }

    [Theory]
    [InlineData("no-such-file.pem", "no-such-file.pem")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "")]
    [InlineData("-----BEGIN nothing", "PEM")]
    public void A_key_that_cannot_be_read_is_broken_and_says_why(string privateKey, string reason)
    {
        using var keyring = new DkimKeyring([new("example.com", "one", privateKey)]);
        var broken = Assert.IsType<DkimKeyLookup.Broken>(keyring.Find("sub.example.com"));
        Assert.Contains(reason, broken.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(broken.Reason);
        Assert.StartsWith("example.com: ", Assert.Single(keyring.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_key_never_gives_way_to_one_above_it()
    {
        using var keyring = new DkimKeyring([new("example.com", "one", Verified.Pkcs8Pem), new("news.example.com", "two", "missing.pem")]);
        Assert.IsType<DkimKeyLookup.Broken>(keyring.Find("news.example.com"));
    }

    [Fact]
    public void A_short_key_is_broken()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(512);
        using var keyring = new DkimKeyring([new("example.com", "one", rsa.ExportPkcs8PrivateKeyPem())]);
        Assert.Contains("512", Assert.IsType<DkimKeyLookup.Broken>(keyring.Find("example.com")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exa;mple.com", "one")]
    [InlineData("example.com", "a b")]
    public void Names_that_would_break_the_signature_are_refused(string domain, string selector)
    {
        using var keyring = new DkimKeyring([new(domain, selector, Verified.Pkcs8Pem)]);
        Assert.IsType<DkimKeyLookup.Broken>(keyring.Find(domain));
    }

    private static DkimKey Key(DkimKeyring keyring, string domain) => Assert.IsType<DkimKeyLookup.Found>(keyring.Find(domain)).Key;
}
