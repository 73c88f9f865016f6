using EnhancedMta.Dkim;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Dkim;

public sealed class DkimSettingsTests
{
    private const string Pem = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldA==\n-----END PRIVATE KEY-----";

    [Fact]
    public void Keys_unsigned_domains_vault_and_name_servers_are_read()
    {
        var settings = Read(out var faults,
            ("0:Domain", "Example.COM"), ("0:Selector", "S1"), ("0:PrivateKey", Pem),
            ("1:Domain", "bücher.example"), ("1:Selector", "a.b-2"), ("1:PrivateKeyFile", "/keys/a.pem"),
            ("Unsigned:0", "Test.example"), ("Unsigned:1", "*"),
            ("VaultUri", "https://mta.vault.azure.net/"), ("NameServers:0", "192.0.2.53"), ("NameServers:1", "[2001:db8::53]:5353"));
        Assert.Empty(faults);
        Assert.Equal([("example.com", "s1", false), ("xn--bcher-kva.example", "a.b-2", true)], settings.Keys.Select(key => (key.Domain, key.Selector, key.PrivateKey.IsFile)));
        Assert.Equal(["*", "test.example"], settings.UnsignedDomains.Order(StringComparer.Ordinal));
        Assert.Equal("mta.vault.azure.net", settings.Vault!.Host);
        Assert.Equal(["192.0.2.53:53", "[2001:db8::53]:5353"], settings.NameServers.Select(server => server.ToString()));
    }

    [Fact]
    public void Nothing_is_unsigned_that_is_not_said_to_be()
    {
        Assert.Empty(Read(out var faults).UnsignedDomains);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("0:Domain", "", "0__Domain")]
    [InlineData("0:Domain", "exa;mple.com", "Dkim__0: ")]
    [InlineData("0:Domain", "com", "fully qualified")]
    [InlineData("0:Selector", "", "0__Selector")]
    [InlineData("0:Selector", "a b", "Dkim__0: ")]
    [InlineData("0:Selector", "a..b", "Dkim__0: ")]
    [InlineData("0:Selector", "s_1", "Dkim__0: ")]
    [InlineData("0:PrivateKey", "", "PrivateKeyFile")]
    [InlineData("0:PrivateKeyFile", "also.pem", "set one of")]
    [InlineData("Unsigned:0", "not a domain", "Unsigned__0")]
    [InlineData("Unsigned:0", "example.com", "either signed or not")]
    [InlineData("VaultUri", "http://mta.vault.azure.net/", "VaultUri")]
    [InlineData("VaultUri", "mta", "VaultUri")]
    [InlineData("NameServers:0", "dns", "NameServers__0")]
    [InlineData("Unsinged:0", "example.org", "Unsinged: there is no such setting")]
    public void A_fault_is_named_and_never_quotes_a_key(string name, string value, string says)
    {
        Read(out var faults, ("0:Domain", "example.com"), ("0:Selector", "s1"), ("0:PrivateKey", Pem), (name, value));
        Assert.Contains(faults, fault => fault.Contains(says, StringComparison.Ordinal));
        Assert.All(faults, fault => Secrets.AssertNotIn(Pem, fault));
    }

    [Fact]
    public void A_selector_may_be_given_once()
    {
        Read(out var faults, ("0:Domain", "example.com"), ("0:Selector", "s1"), ("0:PrivateKey", Pem), ("1:Domain", "EXAMPLE.com"), ("1:Selector", "s1"), ("1:PrivateKey", Pem));
        Assert.Contains("twice", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pem)]
    [InlineData("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")]
    public void A_key_in_the_place_of_a_path_is_not_printed_as_one(string key)
    {
        Read(out var faults, ("0:Domain", "example.com"), ("0:Selector", "s1"), ("0:PrivateKeyFile", key));
        Secrets.AssertNotIn(key, Assert.Single(faults));
    }

    private static DkimSettings Read(out List<string> faults, params (string Name, string Value)[] values)
    {
        var configuration = new Dictionary<string, string?>();
        foreach (var (name, value) in values)
            configuration[$"EnhancedMta:Dkim:{name}"] = value;
        faults = [];
        return DkimSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build().GetSection("EnhancedMta:Dkim"), faults);
    }
}
