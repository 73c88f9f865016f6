using System.Net;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>Fetching policies, and keeping them (RFC 8461 §3.3, §5.1).</summary>
public sealed class StsPoliciesTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_policy_is_fetched_once_and_again_when_its_id_changes()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        Assert.True((await world.FindAsync())!.IsEnforced);
        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True((await world.FindAsync())!.IsEnforced);
        Assert.Single(world.PolicyHost.Requests);
        world.Announce("testing", id: "2");
        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.False((await world.FindAsync())!.IsEnforced);
        Assert.Equal(2, world.PolicyHost.Requests.Count);
    }

    [Fact]
    public async Task A_policy_in_use_is_fetched_anew_each_day_so_that_it_does_not_run_out()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce", maxAge: 2 * 86_400);
        for (var day = 0; day < 5; day++)
        {
            Assert.True((await world.FindAsync())!.IsEnforced);
            world.Clock.Advance(TimeSpan.FromHours(25));
        }
        Assert.Equal(5, world.PolicyHost.Requests.Count);
    }

    [Fact]
    public async Task Whoever_hides_record_and_host_does_not_hide_the_policy_before_its_end()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce", maxAge: 7 * 86_400);
        Assert.True((await world.FindAsync())!.IsEnforced);
        world.Dns.Clear("_mta-sts.a.test");
        world.PolicyHost.Answers.Clear();
        world.Clock.Advance(TimeSpan.FromDays(6));
        Assert.True((await world.FindAsync())!.IsEnforced);
        // A process that never saw the record, or was started anew.
        Assert.True((await world.NewDirectory(world.Storage).FindAsync(TlsWorld.Domain, EnhancedMta.Sites.SiteLookup.Found(world.Site), TestContext.Current.CancellationToken))!.IsEnforced);
        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Null(await world.FindAsync());
        // The next process that starts clears away what has run out.
        Assert.Null(await world.NewDirectory(world.Storage).FindAsync(TlsWorld.Domain, EnhancedMta.Sites.SiteLookup.Found(world.Site), TestContext.Current.CancellationToken));
        Assert.False(await world.Storage.Policies.QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: TestContext.Current.CancellationToken).AnyAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_policy_that_can_no_longer_be_fetched_stays_as_it_was()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce", maxAge: 7 * 86_400);
        await world.FindAsync();
        world.Announce("none", id: "2");
        world.PolicyHost.Publish(TlsWorld.Domain, "broken", status: 500);
        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True((await world.FindAsync())!.IsEnforced);
        // Not asked again at once (RFC 8461 §3.3).
        world.Clock.Advance(TimeSpan.FromMinutes(9));
        await world.FindAsync();
        Assert.Equal(2, world.PolicyHost.Requests.Count);
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await world.FindAsync();
        Assert.Equal(3, world.PolicyHost.Requests.Count);
    }

    [Fact]
    public async Task Mode_none_ends_a_policy()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        await world.FindAsync();
        world.Announce("none", id: "2");
        world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Null(await world.FindAsync());
    }

    [Theory]
    [InlineData("status", TlsFault.StsPolicyFetchError, "answered 404")]
    [InlineData("redirect", TlsFault.StsPolicyFetchError, "answered 302")]
    [InlineData("type", TlsFault.StsPolicyInvalid, "text/html")]
    [InlineData("large", TlsFault.StsPolicyInvalid, "64 KB")]
    [InlineData("mode", TlsFault.StsPolicyInvalid, "mode")]
    [InlineData("certificate", TlsFault.StsWebPkiInvalid, "")]
    [InlineData("private", TlsFault.StsPolicyFetchError, "leads to")]
    internal async Task A_policy_that_cannot_be_had_is_none_and_the_domain_hears_of_it(string what, TlsFault fault, string words)
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        var good = $"version: STSv1\nmode: enforce\nmx: {TlsWorld.Host}\nmax_age: 86400\n";
        switch (what)
        {
            case "status":
                world.PolicyHost.Answers.Clear();
                break;
            case "redirect":
                world.PolicyHost.Publish("elsewhere.test", good);
                world.PolicyHost.Answers["mta-sts.a.test/.well-known/mta-sts.txt"] = context =>
                {
                    context.Response.Redirect($"https://mta-sts.elsewhere.test:{world.PolicyHost.Port}/.well-known/mta-sts.txt");
                    return Task.CompletedTask;
                };
                break;
            case "type":
                world.PolicyHost.Publish(TlsWorld.Domain, good, "text/html");
                break;
            case "large":
                world.PolicyHost.Publish(TlsWorld.Domain, good + new string('\n', 70_000));
                break;
            case "mode":
                world.PolicyHost.Publish(TlsWorld.Domain, good.Replace("enforce", "force", StringComparison.Ordinal));
                break;
            case "certificate":
                world.CertificateName = _ => "another.test";
                break;
        }

        var addresses = new EnhancedMta.Sites.HostAddresses(
            new EnhancedMta.Sites.DnsRecords(world.DnsOptions.CreateClient(), world.DnsOptions), world.DnsOptions with { AllowPrivateAddresses = what != "private" }, world.Clock);
        using var fetch = new StsFetch(addresses, world.Options);
        var (policy, failure) = await fetch.FetchAsync(TlsWorld.Domain);
        Assert.Null(policy);
        Assert.Equal(fault, failure!.Fault);
        Assert.Contains(words, failure.Detail, StringComparison.Ordinal);
        if (what is "private")
            return;
        // Mail goes as without a policy; the failure is what the domain's report tells.
        Assert.False((await world.FindAsync())!.IsEnforced);
        var result = await world.SendAsync();
        Assert.Equal((EnhancedMta.Smtp.AttemptOutcome.Accepted, fault), (result.Outcome, Assert.Single(result.TlsSessions).Failure!.Fault));
    }

    [Fact]
    public async Task A_policy_is_not_asked_of_a_host_that_the_operator_chose()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        var routed = EnhancedMta.Sites.Site.Of([new EnhancedMta.Sites.MxHost(IPAddress.Loopback.ToString(), 0, world.Server.Port) { IsRouted = true }]);
        Assert.Null(await world.Policies.FindAsync(TlsWorld.Domain, EnhancedMta.Sites.SiteLookup.Found(routed), TestContext.Current.CancellationToken));
        Assert.Empty(world.PolicyHost.Requests);
    }
}
