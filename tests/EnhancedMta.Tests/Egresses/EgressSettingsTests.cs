using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EnhancedMta.Egresses;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Egresses;

public sealed class EgressSettingsTests
{
    private const string Secret = "do not show this";

    [Fact]
    public void The_settings_of_a_single_egress_make_one_that_is_warm()
    {
        var faults = new List<string>();
        var egress = Assert.Single(Read(faults, ("PublicId", "12"), ("HeloHost", "mta.example.com"), ("BindAddress", "192.0.2.7")));
        Assert.Equal((12, "mta.example.com", IPAddress.Parse("192.0.2.7"), true), (egress.PublicId, egress.HeloHost, egress.Address, egress.DeclaredWarm));
        Assert.False(egress.HasWarmUp);
        Assert.IsType<EgressKind.Direct>(egress.Kind);
        Assert.Equal(1, Assert.Single(Read(faults)).PublicId);
        Assert.Empty(faults);
    }

    [Fact]
    public void Each_kind_is_read_with_what_it_needs()
    {
        var faults = new List<string>();
        var egresses = Read(faults,
            ("HeloHost", "mta.example.com"),
            ("Egresses:0:PublicId", "1"),
            ("Egresses:0:Address", "2001:db8::1"),
            ("Egresses:0:Weight", "5"),
            ("Egresses:0:IncludeDomains", "example.org,yahoo.*"),
            ("Egresses:0:ExcludeDomains", "yahoo.com"),
            ("Egresses:1:PublicId", "2"),
            ("Egresses:1:Kind", "SOCKS5"),
            ("Egresses:1:HeloHost", "mta2.example.com"),
            ("Egresses:1:Address", "192.0.2.2"),
            ("Egresses:1:Proxy", "proxy.internal"),
            ("Egresses:1:UserName", "mta"),
            ("Egresses:1:Password", Secret),
            ("Egresses:1:DeclaredWarm", "true"),
            ("Egresses:2:PublicId", "3"),
            ("Egresses:2:Kind", "smarthost"),
            ("Egresses:2:Smarthost", "smtp.relay.example"),
            ("Egresses:2:UserName", "apikey"),
            ("Egresses:2:Password", Secret),
            ("Egresses:2:Authority", Pem()));

        Assert.Empty(faults);
        var direct = egresses[0];
        Assert.Equal((1, "mta.example.com", 5, true), (direct.PublicId, direct.HeloHost, direct.Weight, direct.HasWarmUp));
        Assert.Equal((true, false, true), (direct.Allows("yahoo.de"), direct.Allows("yahoo.com"), direct.Allows("example.org")));

        var socks = Assert.IsType<EgressKind.Socks5>(egresses[1].Kind);
        Assert.Equal(("proxy.internal", 1080, "mta", Secret), (socks.Proxy.Name, socks.Proxy.Port, socks.Credentials!.UserName, socks.Credentials.Password));
        Assert.Equal(("mta2.example.com", false), (egresses[1].HeloHost, egresses[1].HasWarmUp));

        var smarthost = Assert.IsType<EgressKind.Smarthost>(egresses[2].Kind);
        Assert.Equal(("smtp.relay.example", 587), (smarthost.Site.Hosts[0].Name, smarthost.Site.Hosts[0].Port));
        Assert.Single(smarthost.Authorities!);
        Assert.False(egresses[2].HasWarmUp);
        Assert.All(egresses, egress => Assert.DoesNotContain(Secret, $"{egress} {egress.Kind}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Egresses:0:PublicId", "", "EnhancedMta__Egresses__0__PublicId: is missing")]
    [InlineData("Egresses:0:PublicId", "0", "EnhancedMta__Egresses__0__PublicId: '0' must be")]
    [InlineData("Egresses:1:PublicId", "1", "EnhancedMta__Egresses__1__PublicId: 1 is given twice")]
    [InlineData("Egresses:0:Kind", "vpn", "EnhancedMta__Egresses__0__Kind: 'vpn' must be direct, socks5 or smarthost")]
    [InlineData("Egresses:0:HeloHost", "not a host", "EnhancedMta__Egresses__0__HeloHost: 'not a host' must be")]
    [InlineData("Egresses:0:Address", "here", "EnhancedMta__Egresses__0__Address: 'here' must be an IP address")]
    [InlineData("Egresses:0:Weight", "-1", "EnhancedMta__Egresses__0__Weight: '-1' must be")]
    [InlineData("Egresses:0:IncludeDomains", "exämple.org", "EnhancedMta__Egresses__0__IncludeDomains: 'exämple.org' is no mask")]
    [InlineData("Egresses:0:DeclaredWarm", "soon", "EnhancedMta__Egresses__0__DeclaredWarm: 'soon' must be true or false")]
    [InlineData("Egresses:0:Proxy", "p:1080", "EnhancedMta__Egresses__0__Proxy: is for kind socks5, and this is direct")]
    [InlineData("Egresses:0:Password", Secret, "EnhancedMta__Egresses__0__Password: is for kind socks5 or smarthost")]
    [InlineData("Egresses:0:Colour", "red", "EnhancedMta__Egresses__0__Colour: there is no such setting")]
    [InlineData("Egresses:1:Address", "", "EnhancedMta__Egresses__1__Address: is missing; it is the address that the proxy sends from")]
    [InlineData("Egresses:1:Proxy", "", "EnhancedMta__Egresses__1__Proxy: is missing")]
    [InlineData("Egresses:1:Proxy", "proxy:many", "EnhancedMta__Egresses__1__Proxy: 'proxy:many' is not host[:port]")]
    [InlineData("Egresses:1:UserName", "", "EnhancedMta__Egresses__1__UserName: is missing; set both")]
    [InlineData("Egresses:1:Password", "", "EnhancedMta__Egresses__1__Password: is missing; set both")]
    [InlineData("Egresses:2:Address", "192.0.2.3", "EnhancedMta__Egresses__2__Address: is for kind direct or socks5")]
    [InlineData("Egresses:2:DeclaredWarm", "true", "EnhancedMta__Egresses__2__DeclaredWarm: is for kind direct or socks5")]
    [InlineData("Egresses:2:Smarthost", "smtp.example:465", "EnhancedMta__Egresses__2__Smarthost: port 465 speaks TLS from the start")]
    [InlineData("Egresses:2:Authority", "no certificate", "EnhancedMta__Egresses__2__Authority: has no certificate")]
    [InlineData("Egresses:2:AuthorityFile", "/nowhere/ca.pem", "EnhancedMta__Egresses__2__AuthorityFile: cannot be read")]
    [InlineData("PublicId", "1", "EnhancedMta__PublicId: is for a single egress; give it as EnhancedMta__Egresses__0__PublicId")]
    [InlineData("BindAddress", "192.0.2.1", "EnhancedMta__BindAddress: is for a single egress; give it as EnhancedMta__Egresses__0__Address")]
    public void Each_fault_is_one_clear_line(string name, string value, string line)
    {
        var faults = new List<string>();
        Read(faults,
            ("Egresses:0:PublicId", "1"),
            ("Egresses:0:HeloHost", "mta1.example.com"),
            ("Egresses:1:PublicId", "2"),
            ("Egresses:1:Kind", "socks5"),
            ("Egresses:1:HeloHost", "mta2.example.com"),
            ("Egresses:1:Address", "192.0.2.2"),
            ("Egresses:1:Proxy", "proxy.internal:1080"),
            ("Egresses:1:UserName", "mta"),
            ("Egresses:1:Password", Secret),
            ("Egresses:2:PublicId", "3"),
            ("Egresses:2:Kind", "smarthost"),
            ("Egresses:2:HeloHost", "mta3.example.com"),
            ("Egresses:2:Smarthost", "smtp.relay.example"),
            (name, value));
        Assert.StartsWith(line, faults[0], StringComparison.Ordinal);
        Assert.DoesNotContain(faults, fault => fault.Contains(Secret, StringComparison.Ordinal) || fault.Contains('\n', StringComparison.Ordinal));
        Assert.Single(faults);
    }

    private static IReadOnlyList<Egress> Read(List<string> faults, params (string Name, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (name, value) in settings)
            values[$"EnhancedMta:{name}"] = value;
        return EgressSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("EnhancedMta"), faults);
    }

    private static string Pem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=Private", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem().ReplaceLineEndings("\\n");
    }
}
