using EnhancedMta.MxRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>Domains of one MX share its sessions, as far as each domain's policy lets them.</summary>
public sealed class SharedSessionTests(AzuriteFixture azurite)
{
    private const string Other = "other.test";

    [Fact]
    public async Task A_session_that_meets_every_policy_carries_mail_of_every_domain()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        world.Dns.Signed["mx.a.test"] = 0;
        world.Server.Identity = world.Authority.Identity(TlsWorld.Host);
        world.Tlsa(3, 1, 1, MailAuthority.PublicKey(world.Server.Identity.TargetCertificate));
        // Opened for a domain that asks for nothing; then for one with MTA-STS; then for one with DANE.
        Assert.Equal(AttemptOutcome.Accepted, (await world.SendAsync(Other, isSecure: false)).Outcome);
        Assert.StartsWith("MTA-STS", (await world.SendAsync(isSecure: false)).TlsPolicy, StringComparison.Ordinal);
        Assert.StartsWith("DANE", (await world.SendAsync(Other)).TlsPolicy, StringComparison.Ordinal);
        Assert.Equal(1, world.Server.Connections);
    }

    [Fact]
    public async Task A_session_that_fails_a_policy_carries_no_mail_of_that_domain_and_all_of_others()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        world.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        Assert.Equal(AttemptOutcome.Accepted, (await world.SendAsync(Other)).Outcome);
        var result = await world.SendAsync();
        Assert.True(result.IsPolicyFailure);
        Assert.Equal(AttemptOutcome.Accepted, (await world.SendAsync(Other)).Outcome);
        Assert.All(world.Server.Mails, mail => Assert.Equal($"b@{Other}", mail.Recipient));
    }

    [Fact]
    public async Task What_a_policy_just_forbade_is_known_for_a_minute()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        world.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        await world.SendAsync();
        Assert.NotNull(world.Policies.RecentFailure(await world.FindAsync(), world.Site));
        Assert.Null(world.Policies.RecentFailure(await world.FindAsync(Other), world.Site));
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(world.Policies.RecentFailure(await world.FindAsync(), world.Site));
    }

    [Fact]
    public async Task Where_the_rule_asks_as_much_as_the_policy_the_site_has_failed_for_all()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Announce("enforce");
        world.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        var result = await world.SendAsync(rule: TlsLevel.Verified);
        Assert.Equal((AttemptOutcome.NoSession, LocalError.TlsFailed, false), (result.Outcome, result.Error, result.IsPolicyFailure));
    }
}
