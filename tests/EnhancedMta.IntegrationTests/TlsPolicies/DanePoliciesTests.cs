using ARSoft.Tools.Net.Dns;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>When TLSA records are asked for, and what it means that there are none (RFC 7672 §2.1, §2.2).</summary>
public sealed class DanePoliciesTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Of_a_host_in_an_unsigned_zone_they_are_not_asked_for()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        Assert.Null(await world.FindAsync());
        Assert.DoesNotContain(world.Dns.Questions, question => question.StartsWith("TLSA", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secure_answer_without_records_is_no_policy()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Dns.Signed[TlsWorld.Host] = 0;
        Assert.Null(await world.FindAsync());
        Assert.Contains($"TLSA _{world.Server.Port}._tcp.{TlsWorld.Host}", world.Dns.Questions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_holds_back_the_answers_gets_no_mail_in_clear(bool addresses)
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Dns.Signed[TlsWorld.Host] = 0;
        world.Dns.Failing[addresses ? TlsWorld.Host : $"_{world.Server.Port}._tcp.{TlsWorld.Host}"] = ReturnCode.ServerFailure;
        var policy = (await world.FindAsync())!.For(world.Site.Hosts[0]);
        Assert.Equal(TlsFault.DnssecInvalid, policy!.Refusal!.Fault);
    }

    [Fact]
    public async Task Two_kinds_of_records_and_one_that_matches_are_enough()
    {
        await using var world = await TlsWorld.StartAsync(azurite);
        world.Dns.Signed[TlsWorld.Host] = 0;
        world.Server.Identity = world.Authority.Identity(TlsWorld.Host);
        world.Tlsa(3, 1, 1, [1, 2, 3]);
        world.Tlsa(2, 1, 1, MailAuthority.PublicKey(world.Authority.Intermediate));
        Assert.Equal("DANE: TLSA record of mx.a.test matched", (await world.SendAsync()).TlsPolicy);
    }
}
