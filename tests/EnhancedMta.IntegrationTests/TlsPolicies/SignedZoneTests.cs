using System.Security.Cryptography;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.TlsPolicies;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>DANE by a real validating resolver and really signed answers.</summary>
public sealed class SignedZoneTests
{
    [Theory]
    [InlineData("matches", AttemptOutcome.Accepted, "DANE: TLSA record of mx.signed.test matched")]
    [InlineData("another certificate", AttemptOutcome.NoSession, "DANE: no TLSA record of mx.signed.test matches its certificate")]
    [InlineData("changed on the way", AttemptOutcome.NoSession, "ServerFailure")]
    [InlineData("resolver not trusted", AttemptOutcome.Accepted, null)]
    [InlineData("unsigned domain", AttemptOutcome.Accepted, null)]
    public async Task What_unbound_says_of_a_zone_decides(string what, AttemptOutcome outcome, string? words)
    {
        if (SignedZone.Missing is { } reason)
            Assert.Skip(reason);
        await using var server = ScriptedSmtpServer.Start();
        server.Tls = SmtpTls.Works;
        server.Identity = MailAuthority.SelfSigned("mx.signed.test");
        var own = Convert.ToHexStringLower(SHA256.HashData(MailAuthority.PublicKey(server.Identity.TargetCertificate)));
        var other = new string('a', own.Length);
        await using var zone = await SignedZone.StartAsync(
            $"""
            @ IN MX 10 mx
            mx IN A 127.0.0.1
            _{server.Port}._tcp.mx IN TLSA 3 1 1 {(what is "matches" or "changed on the way" ? own : other)}
            """,
            "@ IN MX 10 mx.signed.test.",
            what == "changed on the way" ? (own, other) : null);

        var options = new DnsOptions { NameServers = [zone.Resolver], IsTrusted = what != "resolver not trusted", AllowPrivateAddresses = true, SmtpPort = server.Port };
        using var records = new DnsRecords(options.CreateClient(), options);
        var addresses = new HostAddresses(records, options, TimeProvider.System);
        var domain = what == "unsigned domain" ? "unsigned.test" : "signed.test";
        var lookup = await new SiteDirectory(records, addresses, MxRoutes.None, options, TimeProvider.System).FindAsync(domain, TestContext.Current.CancellationToken);
        Assert.Equal(what is not ("resolver not trusted" or "unsigned domain"), lookup.IsSecure);
        var hosts = await new DanePolicies(records, addresses, options, TimeProvider.System).FindAsync(domain, lookup.Site!, lookup.IsSecure, TestContext.Current.CancellationToken);

        await using var pool = new SmtpPool(addresses, Sending.Health(), new SmtpPoolOptions(), TimeProvider.System, new Random(1), NullLogger<SmtpPool>.Instance);
        var path = pool.AddPath();
        path.Resize(1);
        var result = await pool.SendAsync(
            path, Sending.Egress, lookup.Site!, new SessionTerms(EnhancedMta.MxRules.TlsLevel.Opportunistic, new SmtpTimeouts(), 10) { Policy = new DomainPolicy(domain, hosts, isReported: false) },
            isUrgent: false, () => ValueTask.FromResult<OutboundMail?>(Sending.Mail()), () => true, TestContext.Current.CancellationToken, TestContext.Current.CancellationToken);
        Assert.Equal(outcome, result!.Outcome);
        if (words is null)
            Assert.Null(result.TlsPolicy);
        else
            Assert.Contains(words, result.TlsPolicy ?? result.Detail, StringComparison.Ordinal);
    }
}
