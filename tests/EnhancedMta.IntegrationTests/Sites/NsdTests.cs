using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Sites;

/// <summary>The answers of a server that half the world's top-level domains are served by.</summary>
public sealed class NsdTests
{
    private const string Zone = """
        plain MX 20 mx2
        plain MX 10 mx1
        plain MX 20 mx0
        mx1 A 8.8.8.1
        mx1 AAAA 2001:4860:4860::1
        null MX 0 .
        implicit A 8.8.8.2
        alias CNAME plain
        dangling CNAME nowhere
        *.wild MX 10 mx1
        literal MX 10 192.0.2.1.
        aliased MX 10 mx.aliased
        mx.aliased CNAME other.aliased
        other.aliased CNAME mx1
        inside MX 10 mx.inside
        mx.inside CNAME deep.inside
        deep.inside A 169.254.169.254
        text TXT "neither mail nor address"
        below.empty A 8.8.8.3
        """;

    [Fact]
    public async Task Each_kind_of_answer_is_understood()
    {
        var many = string.Concat(Enumerable.Range(0, 150).Select(i => $"\nmany MX {i} a-rather-long-host-name-number-{i}.many"));
        await using var nsd = await NsdServer.StartAsync("test", Zone + many);
        var options = new DnsOptions { NameServers = [nsd.EndPoint] };
        using var records = new DnsRecords(options.CreateClient(), options);
        var time = new FakeTimeProvider();
        var addresses = new HostAddresses(records, options, time);
        var directory = new SiteDirectory(records, addresses, MxRoutes.None, options, time);

        Assert.Equal(["mx1.test", "mx0.test", "mx2.test"], await HostsAsync("plain.test"));
        Assert.Equal(["mx1.test", "mx0.test", "mx2.test"], await HostsAsync("alias.test"));
        Assert.Equal(["mx1.test"], await HostsAsync("anything.wild.test"));
        Assert.Equal(["implicit.test"], await HostsAsync("implicit.test"));
        // Too much for a datagram.
        Assert.Equal(150, (await HostsAsync("many.test")).Count);
        Assert.Equal(LocalError.NullMx, await ErrorAsync("null.test"));
        Assert.Equal(LocalError.NoSuchDomain, await ErrorAsync("nowhere.test"));
        // RFC 2308 §2.1: what does not exist is what the alias leads to.
        Assert.Equal(LocalError.NoSuchDomain, await ErrorAsync("dangling.test"));
        Assert.Equal(LocalError.NoMailHost, await ErrorAsync("text.test"));
        // RFC 8020 §2: a name with others below it exists.
        Assert.Equal(LocalError.NoMailHost, await ErrorAsync("empty.test"));
        Assert.Equal(LocalError.NoMailHost, await ErrorAsync("literal.test"));
        // Not its zone: REFUSED says nothing about the domain.
        Assert.Equal(LocalError.DnsUnavailable, await ErrorAsync("example.com"));

        Assert.Equal(["8.8.8.1", "2001:4860:4860::1"], await AddressesAsync("aliased.test"));
        Assert.Equal(LocalError.ProhibitedHost, (await LookupAsync("inside.test")).Error);
        Assert.Equal(TimeSpan.FromSeconds(120), (await records.AskAsync("nowhere.test", DnsClient.QueryType.MX)).Ttl);
        Assert.Equal(TimeSpan.FromSeconds(300), (await records.AskAsync("plain.test", DnsClient.QueryType.MX)).Ttl);

        async Task<SiteLookup> FindAsync(string domain) => await directory.FindAsync(domain, TestContext.Current.CancellationToken);
        async Task<IReadOnlyList<string>> HostsAsync(string domain) => [.. (await FindAsync(domain)).Site!.Hosts.Select(host => host.Name)];
        async Task<LocalError?> ErrorAsync(string domain) => (await FindAsync(domain)).Error;
        async Task<HostLookup> LookupAsync(string domain) => await addresses.FindAsync(Assert.Single((await FindAsync(domain)).Site!.Hosts), TestContext.Current.CancellationToken);
        async Task<IEnumerable<string>> AddressesAsync(string domain) => (await LookupAsync(domain)).Addresses.Select(address => address.ToString());
    }
}
