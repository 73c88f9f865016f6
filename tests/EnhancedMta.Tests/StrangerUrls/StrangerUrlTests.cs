using EnhancedMta.StrangerUrls;

namespace EnhancedMta.Tests.StrangerUrls;

public sealed class StrangerUrlTests
{
    private static readonly TrustedHosts Trusted = TrustedHosts.Of("campaign.internal", "10.1.2.3", "0:0:0:0:0:0:0:1", "bücher.example");

    [Theory]
    [InlineData("https://campaign.example.com/feedback?x=1")]
    [InlineData("https://campaign.example.com:8443/")]
    [InlineData("https://xn--bcher-kva.example/")]
    [InlineData("http://campaign.internal:8080/feedback")]
    [InlineData("https://CAMPAIGN.internal/")]
    [InlineData("http://10.1.2.3/")]
    [InlineData("http://[::1]:9/")]
    [InlineData("http://bücher.example/")]
    public void May_be_asked(string text)
    {
        Assert.True(StrangerUrl.TryParse(text, Trusted, out var url, out var error), error);
        Assert.Equal(new Uri(text), url);
    }

    [Theory]
    [InlineData(null, "absolute")]
    [InlineData("", "absolute")]
    [InlineData("/feedback", "https")]
    [InlineData("campaign.example.com", "absolute")]
    [InlineData("http://campaign.example.com/", "https://")]
    [InlineData("file:///etc/passwd", "https://")]
    [InlineData("gopher://campaign.example.com/", "https://")]
    [InlineData("ftp://campaign.internal/", "https://")]
    [InlineData("https://user:secret@campaign.example.com/", "user name")]
    [InlineData("https://campaign.example.com@evil.example/", "user name")]
    [InlineData("https://campaign.example.com/#x", "fragment")]
    [InlineData("https://127.0.0.1/", "not an address")]
    [InlineData("https://2130706433/", "not an address")]
    [InlineData("https://0x7f.1/", "not an address")]
    [InlineData("https://0177.0.0.1/", "not an address")]
    [InlineData("https://169.254.169.254/metadata/instance", "not an address")]
    [InlineData("https://[::ffff:127.0.0.1]/", "not an address")]
    [InlineData("https://[fe80::1%25eth0]/", "not an address")]
    [InlineData("https://localhost/", "public DNS")]
    [InlineData("https://localhost./", "public DNS")]
    [InlineData("https://intranet/", "public DNS")]
    [InlineData("https://x.localhost/", "public DNS")]
    [InlineData("https://printer.local/", "public DNS")]
    [InlineData("https://metadata.google.internal/", "public DNS")]
    [InlineData("https://router.home.arpa/", "public DNS")]
    public void May_not(string? text, string why)
    {
        Assert.False(StrangerUrl.TryParse(text, Trusted, out var url, out var error));
        Assert.Null(url);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Has_an_end() => Assert.False(StrangerUrl.TryParse("https://campaign.example.com/" + new string('x', 2048), Trusted, out _, out _));

    [Theory]
    [InlineData("https://campaign.internal")]
    [InlineData("a b")]
    [InlineData("")]
    public void A_trusted_host_is_a_name_or_an_address(string host) =>
        Assert.Contains($"'{host}'", Assert.Throws<FormatException>(() => TrustedHosts.Of(host)).Message, StringComparison.Ordinal);
}
