using System.Net;
using EnhancedMta.IntegrationTests.Sites;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.StrangerUrls;

/// <summary>Requests to URLs that a stranger chose, with a real DNS server and a real HTTP server inside "our network".</summary>
public sealed class StrangerHttpTests : IAsyncLifetime
{
    private readonly LoopbackDns _dns = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HostAddresses _addresses;
    private WebApplication _inside = null!;
    private Uri _url = null!;
    private int _requests;

    public StrangerHttpTests() => _addresses = new HostAddresses(new DnsRecords(_dns.Options.CreateClient(), _dns.Options), _dns.Options, _time);

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _inside = builder.Build();
        _inside.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            if (context.Request.Path == "/moved")
                context.Response.Redirect("/secret");
            context.Response.Headers.SetCookie = "a=b";
            return Task.CompletedTask;
        });
        await _inside.StartAsync(TestContext.Current.CancellationToken);
        _url = new Uri(_inside.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        await _inside.DisposeAsync();
        _dns.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.4")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    public async Task A_name_that_leads_inside_is_not_connected_to(string address)
    {
        _dns.A("callback.test", address);
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions());
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(At("callback.test"), TestContext.Current.CancellationToken));
        Assert.Contains($"callback.test leads to {address}", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _requests);
    }

    [Fact]
    public async Task A_name_that_led_elsewhere_when_it_was_checked_is_looked_up_for_the_connection()
    {
        _dns.A("callback.test", "8.8.8.8", ttl: 1);
        Assert.Equal([IPAddress.Parse("8.8.8.8")], (await _addresses.FindAsync(new MxHost("callback.test", 0, 443), TestContext.Current.CancellationToken)).Addresses);
        _dns.Clear("callback.test");
        _dns.A("callback.test", "127.0.0.1", ttl: 1);
        _time.Advance(TimeSpan.FromMinutes(2));
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(At("callback.test"), TestContext.Current.CancellationToken));
        Assert.Equal(0, _requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("2130706433")]
    public async Task Neither_an_address_nor_localhost_is(string host)
    {
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions());
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(At(host), TestContext.Current.CancellationToken));
        Assert.Equal(0, _requests);
    }

    [Fact]
    public async Task A_trusted_host_is_wherever_it_is()
    {
        _dns.A("campaign.test", "127.0.0.1");
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions { Trusted = TrustedHosts.Of("campaign.test", "127.0.0.1", "localhost") });
        foreach (var host in new[] { "campaign.test", "127.0.0.1", "localhost" })
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(At(host), TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task No_redirect_is_followed()
    {
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions { Trusted = TrustedHosts.Of("127.0.0.1") });
        Assert.Equal(HttpStatusCode.Found, (await http.GetAsync(new Uri(_url, "/moved"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task A_connection_is_kept_only_for_its_lifetime()
    {
        using var http = StrangerHttp.CreateClient(_addresses, new StrangerHttpOptions { Trusted = TrustedHosts.Of("campaign.test") });
        _dns.A("campaign.test", "127.0.0.1");
        await http.GetAsync(At("campaign.test"), TestContext.Current.CancellationToken);
        _dns.Clear("campaign.test");
        _time.Advance(TimeSpan.FromHours(2));
        // Were the connection still there, no look-up would fail.
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(At("campaign.test"), TestContext.Current.CancellationToken));
    }

    private Uri At(string host) => new UriBuilder(_url) { Host = host }.Uri;
}
