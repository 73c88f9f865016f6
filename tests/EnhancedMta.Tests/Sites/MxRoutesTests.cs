using EnhancedMta.Sites;

namespace EnhancedMta.Tests.Sites;

public sealed class MxRoutesTests
{
    [Theory]
    [InlineData("example.com", "exact")]
    [InlineData("EXAMPLE.com", "exact")]
    [InlineData("a.example.com", "suffix")]
    [InlineData("b.a.example.com", "suffix")]
    [InlineData("x.deep.example.com", "deep")]
    [InlineData("deep.example.com", "suffix")]
    [InlineData("notexample.com", "any")]
    public void The_closest_key_wins(string domain, string host)
    {
        var routes = Routes(("example.com", "exact"), ("*.example.com", "suffix"), ("*.deep.example.com", "deep"), ("*", "any"));
        Assert.Equal(host, routes.Find(domain)!.Hosts[0].Name);
    }

    [Fact]
    public void A_domain_without_a_key_has_no_route()
    {
        Assert.Null(Routes(("example.com", "a"), ("*.example.org", "b")).Find("example.org"));
        Assert.Null(MxRoutes.None.Find("example.com"));
    }

    [Fact]
    public void Hosts_come_in_the_order_given_with_their_ports()
    {
        var site = Routes(("example.com", "Relay.Example.net:2525, 192.0.2.1 ,[2001:db8::1]:26,[::1]")).Find("example.com")!;
        Assert.Equal(
        [
            new MxHost("relay.example.net", 0, 2525) { IsRouted = true },
            new MxHost("192.0.2.1", 1, 25) { IsRouted = true },
            new MxHost("2001:db8::1", 2, 26) { IsRouted = true },
            new MxHost("::1", 3, 25) { IsRouted = true },
        ], site.Hosts);
        Assert.Equal("relay.example.net +3", site.Name);
    }

    [Theory]
    [InlineData("example.com", "")]
    [InlineData("example.com", "a,,b")]
    [InlineData("example.com", "a:0")]
    [InlineData("example.com", "a:70000")]
    [InlineData("example.com", "a:")]
    [InlineData("example.com", "a b")]
    [InlineData("example.com", "::1")]
    [InlineData("example.com", "[::1")]
    [InlineData("example.com", "[::1]25")]
    [InlineData("example.com", "[192.0.2.1]")]
    [InlineData("ex*mple.com", "a")]
    [InlineData("", "a")]
    [InlineData("*.", "a")]
    public void An_error_names_the_entry(string key, string value)
    {
        var error = Assert.Throws<FormatException>(() => Routes((key, value)));
        Assert.Contains($"'{key}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_given_twice_is_an_error() =>
        Assert.Contains("'Example.com'", Assert.Throws<FormatException>(() => Routes(("example.com", "a"), ("Example.com", "b"))).Message, StringComparison.Ordinal);

    private static MxRoutes Routes(params (string Key, string Value)[] entries) =>
        MxRoutes.Parse(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
}
