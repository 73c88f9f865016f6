using ARSoft.Tools.Net.Dns;
using EnhancedMta.Egresses;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Sites;

/// <summary>Every answer of the DNS, asked of a real server.</summary>
public sealed class SiteDirectoryTests : IDisposable
{
    private readonly LoopbackDns _dns = new();
    private readonly FakeTimeProvider _time = new();
    private readonly DnsRecords _records;
    private readonly HostAddresses _addresses;
    private readonly SiteDirectory _directory;

    public SiteDirectoryTests()
    {
        _records = new DnsRecords(_dns.Options.CreateClient(), _dns.Options);
        _addresses = new HostAddresses(_records, _dns.Options, _time);
        _directory = Directory(MxRoutes.None);
    }

    public void Dispose()
    {
        _records.Dispose();
        _dns.Dispose();
    }

    [Fact]
    public async Task Mx_hosts_come_in_the_order_of_preference()
    {
        _dns.Mx("a.test", 20, "MX2.a.test");
        _dns.Mx("a.test", 10, "mx1.a.test");
        _dns.Mx("a.test", 20, "mx0.a.test");
        _dns.Mx("a.test", 30, "mx1.a.test");
        var site = (await FindAsync("a.test")).Site!;
        Assert.Equal([new("mx1.a.test", 10, 25), new("mx0.a.test", 20, 25), new("mx2.a.test", 20, 25)], site.Hosts);
        Assert.Equal("mx1.a.test +2", site.Name);
    }

    [Fact]
    public async Task Domains_with_the_same_hosts_are_one_site()
    {
        _dns.Mx("a.test", 10, "mx.provider.test");
        _dns.Mx("b.test", 5, "mx.provider.test");
        Assert.Equal((await FindAsync("a.test")).Site!.Key, (await FindAsync("b.test")).Site!.Key);
    }

    [Fact]
    public async Task Known_is_each_site_that_is_configured_or_that_the_dns_told_of_lately()
    {
        _dns.Mx("a.test", 10, "mx.provider.test");
        _dns.Mx("b.test", 5, "mx.provider.test");
        _dns.Mx("c.test", 5, ".");
        var directory = Directory(MxRoutes.Parse([new("r.test", "mx.lab.test")]));
        foreach (var domain in new[] { "a.test", "b.test", "c.test", "r.test" })
            await directory.FindAsync(domain, TestContext.Current.CancellationToken);
        Assert.Equal(["mx.lab.test", "mx.provider.test"], directory.Known().Select(site => site.Name));
        _time.Advance(_dns.Options.MaxTtl);
        Assert.Equal(["mx.lab.test"], directory.Known().Select(site => site.Name));
    }

    [Theory]
    [InlineData("8.8.8.8", null)]
    [InlineData(null, "2a00:1450::1")]
    public async Task Without_mx_the_domain_is_its_own_mail_host(string? a, string? aaaa)
    {
        if (a is not null)
            _dns.A("a.test", a);
        if (aaaa is not null)
            _dns.Aaaa("a.test", aaaa);
        Assert.Equal([new("a.test", 0, 25)], (await FindAsync("a.test")).Site!.Hosts);
    }

    [Fact]
    public async Task A_null_mx_takes_no_mail()
    {
        _dns.Mx("a.test", 0, ".");
        await FailsAsync("a.test", LocalError.NullMx);
    }

    [Fact]
    public async Task A_null_mx_beside_others_says_nothing()
    {
        _dns.Mx("a.test", 0, ".");
        _dns.Mx("a.test", 10, "mx.a.test");
        Assert.Equal("mx.a.test", Assert.Single((await FindAsync("a.test")).Site!.Hosts).Name);
    }

    [Fact]
    public async Task A_domain_that_does_not_exist_is_told_from_one_without_a_mail_host()
    {
        _dns.Mx("x.a.test", 1, "mx.test");
        await FailsAsync("nothing.test", LocalError.NoSuchDomain);
        _dns.Cname("alias.test", "nothing.test");
        await FailsAsync("alias.test", LocalError.NoMailHost);
        await FailsAsync(new string('x', 64) + ".test", LocalError.NoSuchDomain);
    }

    [Theory]
    [InlineData(ReturnCode.ServerFailure)]
    [InlineData(ReturnCode.Refused)]
    [InlineData(null)]
    public async Task A_dns_that_fails_is_no_verdict_on_the_domain(ReturnCode? failure)
    {
        _dns.Failing["a.test"] = failure;
        await FailsAsync("a.test", LocalError.DnsUnavailable);
        _dns.Failing.Clear();
        _dns.Mx("a.test", 1, "mx.test");
        await FailsAsync("a.test", LocalError.DnsUnavailable);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull((await FindAsync("a.test")).Site);
    }

    [Fact]
    public async Task An_mx_that_is_an_address_is_refused_and_others_stay()
    {
        _dns.Mx("a.test", 10, "192.0.2.1");
        await FailsAsync("a.test", LocalError.NoMailHost);
        _dns.Mx("b.test", 10, "192.0.2.1");
        _dns.Mx("b.test", 20, "mx.b.test");
        Assert.Equal("mx.b.test", Assert.Single((await FindAsync("b.test")).Site!.Hosts).Name);
        // Short forms that the system's functions would read as 127.0.0.1.
        _dns.Mx("c.test", 10, "2130706433");
        _dns.Mx("c.test", 10, "127.1");
        _dns.Mx("c.test", 10, "0x7f000001");
        await FailsAsync("c.test", LocalError.NoMailHost);
        Assert.DoesNotContain(_dns.Questions, question => !question.StartsWith("MX", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1", null)]
    [InlineData("169.254.169.254", null)]
    [InlineData("10.1.2.3", "fd00::1")]
    [InlineData(null, "::1")]
    [InlineData(null, "::ffff:127.0.0.1")]
    [InlineData(null, "64:ff9b::a9fe:a9fe")]
    [InlineData(null, "2002:7f00:1::1")]
    [InlineData("203.0.113.7", "2001:db8::7")]
    public async Task An_alias_does_not_lead_into_our_network_either(string? a, string? aaaa)
    {
        _dns.Mx("a.test", 10, "mx.a.test");
        _dns.Cname("mx.a.test", "alias.a.test");
        _dns.Cname("alias.a.test", "inside.a.test");
        if (a is not null)
            _dns.A("inside.a.test", a);
        if (aaaa is not null)
            _dns.Aaaa("inside.a.test", aaaa);
        var lookup = await _addresses.FindAsync(Assert.Single((await FindAsync("a.test")).Site!.Hosts), default);
        Assert.Equal(LocalError.ProhibitedHost, lookup.Error);
        Assert.Empty(lookup.Addresses);
        Assert.Contains((a ?? aaaa)!, lookup.Detail!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_mx_does_not_lead_to_ourselves_unless_that_is_configured()
    {
        _dns.A("self.test", "8.8.4.4");
        _dns.Aaaa("self.test", "2001:4860:4860::8844");
        _dns.A("partly.test", "8.8.4.4");
        _dns.A("partly.test", "8.8.8.8");
        var own = new OwnAddresses([new Egress(1, "mta.example.com", System.Net.IPAddress.Parse("8.8.4.4"))], () => [System.Net.IPAddress.Parse("2001:4860:4860::8844")], _time);
        var addresses = new HostAddresses(_records, _dns.Options, _time, own);
        Assert.Equal(LocalError.ProhibitedHost, (await addresses.FindAsync(new("self.test", 0, 25), default)).Error);
        Assert.Equal("8.8.8.8", Assert.Single((await addresses.FindAsync(new("partly.test", 0, 25), default)).Addresses).ToString());
        Assert.Equal(2, (await addresses.FindAsync(new("self.test", 0, 25) { IsRouted = true }, default)).Addresses.Count);
        var lenient = new HostAddresses(_records, _dns.Options with { AllowPrivateAddresses = true }, _time, own);
        Assert.Equal(2, (await lenient.FindAsync(new("self.test", 0, 25), default)).Addresses.Count);
    }

    [Fact]
    public async Task Another_server_is_asked_when_one_fails_and_not_when_it_has_answered()
    {
        using var second = new LoopbackDns();
        second.Mx("a.test", 10, "mx.test");
        _dns.Failing["a.test"] = ReturnCode.ServerFailure;
        var options = _dns.Options with { NameServers = [_dns.EndPoint, second.EndPoint] };
        using var records = new DnsRecords(options.CreateClient(), options);
        Assert.Equal(DnsStatus.Found, (await records.AskAsync("a.test", DnsClient.QueryType.MX)).Status);
        for (var i = 0; i < 10; i++)
            Assert.Equal(DnsStatus.NoSuchName, (await records.AskAsync($"nothing{i}.test", DnsClient.QueryType.MX)).Status);
        Assert.Equal(10, _dns.Questions.Concat(second.Questions).Count(question => question.Contains("nothing", StringComparison.Ordinal)));
        second.A("only-a.test", "8.8.8.8");
        _dns.A("only-a.test", "8.8.8.8");
        Assert.Equal(DnsStatus.NoData, (await records.AskAsync("only-a.test", DnsClient.QueryType.AAAA)).Status);
        Assert.Single(_dns.Questions.Concat(second.Questions), "AAAA only-a.test");

        // Silence is worth another round, a failure is not.
        _dns.Failing["silent.test"] = second.Failing["silent.test"] = null;
        var patient = options with { Retries = 1, Timeout = TimeSpan.FromMilliseconds(100) };
        using var asking = new DnsRecords(patient.CreateClient(), patient);
        Assert.True((await asking.AskAsync("silent.test", DnsClient.QueryType.MX)).IsSilent);
        Assert.Equal((2, 2), (_dns.Questions.Count(question => question == "MX silent.test"), second.Questions.Count(question => question == "MX silent.test")));
        _dns.Failing["broken.test"] = second.Failing["broken.test"] = ReturnCode.ServerFailure;
        Assert.False((await asking.AskAsync("broken.test", DnsClient.QueryType.MX)).IsSilent);
        Assert.Equal((1, 1), (_dns.Questions.Count(question => question == "MX broken.test"), second.Questions.Count(question => question == "MX broken.test")));
    }

    [Fact]
    public async Task An_mx_that_is_an_alias_is_followed()
    {
        _dns.Mx("a.test", 10, "mx.a.test");
        _dns.Cname("mx.a.test", "real.a.test");
        _dns.A("real.a.test", "8.8.4.4");
        var host = Assert.Single((await FindAsync("a.test")).Site!.Hosts);
        Assert.Equal(["8.8.4.4"], (await _addresses.FindAsync(host, default)).Addresses.Select(address => address.ToString()));
    }

    [Fact]
    public async Task An_answer_is_kept_as_long_as_it_says_within_bounds()
    {
        _dns.Mx("a.test", 10, "mx.test", ttl: 100);
        _dns.Mx("short.test", 10, "mx.test", ttl: 1);
        _dns.Mx("long.test", 10, "mx.test", ttl: 1_000_000);
        await KeptForAsync("a.test", TimeSpan.FromSeconds(100));
        await KeptForAsync("short.test", TimeSpan.FromSeconds(30));
        await KeptForAsync("long.test", TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_negative_answer_is_kept_as_long_as_its_zone_says()
    {
        // RFC 2308 §5: the zone's MINIMUM is 120 seconds here, its SOA's own TTL 900.
        await KeptForAsync("nothing.test", TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task A_thousand_messages_to_a_domain_ask_once()
    {
        var gate = new TaskCompletionSource();
        _dns.Gate = gate.Task;
        _dns.Mx("a.test", 10, "mx.test");
        var lookups = Enumerable.Range(0, 1000).Select(_ => FindAsync("a.test")).ToList();
        gate.SetResult();
        Assert.All(await Task.WhenAll(lookups), lookup => Assert.NotNull(lookup.Site));
        Assert.Equal(["MX a.test"], _dns.Questions);
    }

    [Fact]
    public async Task A_route_wins_over_the_dns_and_is_not_asked_for()
    {
        _dns.Mx("a.test", 10, "mx.test");
        var directory = Directory(MxRoutes.Parse([KeyValuePair.Create("a.test", "127.0.0.1:2525")]));
        var host = Assert.Single((await directory.FindAsync("a.test", default)).Site!.Hosts);
        Assert.Equal(new("127.0.0.1", 0, 2525) { IsRouted = true }, host);
        Assert.Equal("127.0.0.1", Assert.Single((await _addresses.FindAsync(host, default)).Addresses).ToString());
        Assert.Empty(_dns.Questions);
    }

    [Fact]
    public async Task A_stranger_s_mx_does_not_lead_into_our_network()
    {
        _dns.A("inside.test", "127.0.0.1");
        _dns.A("inside.test", "10.0.0.1");
        _dns.Aaaa("inside.test", "::ffff:192.168.0.1");
        _dns.A("both.test", "10.0.0.1");
        _dns.A("both.test", "8.8.8.8");
        var inside = await _addresses.FindAsync(new("inside.test", 0, 25), default);
        Assert.Equal(LocalError.ProhibitedHost, inside.Error);
        Assert.Empty(inside.Addresses);
        Assert.Equal("8.8.8.8", Assert.Single((await _addresses.FindAsync(new("both.test", 0, 25), default)).Addresses).ToString());
        await FailsAsync("inside.test", LocalError.ProhibitedHost);

        Assert.Equal(3, (await _addresses.FindAsync(new("inside.test", 0, 25) { IsRouted = true }, default)).Addresses.Count);
        var lenient = new HostAddresses(_records, _dns.Options with { AllowPrivateAddresses = true }, _time);
        Assert.Equal(3, (await lenient.FindAsync(new("inside.test", 0, 25), default)).Addresses.Count);
    }

    [Fact]
    public async Task A_host_without_addresses_says_why()
    {
        _dns.Mx("named.test", 1, "x.test");
        Assert.Equal(LocalError.NoMailHost, (await _addresses.FindAsync(new("named.test", 0, 25), default)).Error);
        Assert.Equal(LocalError.NoMailHost, (await _addresses.FindAsync(new("nothing.test", 0, 25), default)).Error);
        _dns.Failing["broken.test"] = ReturnCode.ServerFailure;
        Assert.Equal(LocalError.DnsUnavailable, (await _addresses.FindAsync(new("broken.test", 0, 25), default)).Error);
    }

    [Fact]
    public async Task A_large_answer_comes_over_tcp()
    {
        for (var i = 0; i < 100; i++)
            _dns.Mx("a.test", i, $"a-rather-long-host-name-number-{i:000}.of-a-domain.test");
        Assert.Equal(100, (await FindAsync("a.test")).Site!.Hosts.Count);
    }

    private SiteDirectory Directory(MxRoutes routes) => new(_records, _addresses, routes, _dns.Options, _time);

    private Task<SiteLookup> FindAsync(string domain) => _directory.FindAsync(domain, TestContext.Current.CancellationToken);

    private async Task FailsAsync(string domain, LocalError error)
    {
        var lookup = await FindAsync(domain);
        Assert.Equal((null, error), (lookup.Site, lookup.Error));
        Assert.Contains(domain, lookup.Detail!, StringComparison.Ordinal);
    }

    private async Task KeptForAsync(string domain, TimeSpan ttl)
    {
        int Asked() => _dns.Questions.Count(question => question == $"MX {domain}");
        await FindAsync(domain);
        _time.Advance(ttl - TimeSpan.FromSeconds(1));
        await FindAsync(domain);
        Assert.Equal(1, Asked());
        _time.Advance(TimeSpan.FromSeconds(1));
        await FindAsync(domain);
        Assert.Equal(2, Asked());
    }
}
