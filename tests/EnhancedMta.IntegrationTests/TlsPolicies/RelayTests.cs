using EnhancedMta.Egresses;
using EnhancedMta.Paths;
using EnhancedMta.SendingLog;
using EnhancedMta.Sites;

namespace EnhancedMta.IntegrationTests.TlsPolicies;

/// <summary>Policies in the pipeline: one domain's holds nobody else's mail, though they share MX, site, path and batch.</summary>
public sealed class RelayTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_domain_whose_policy_fails_waits_alone()
    {
        await using var mta = await TlsPipeline.StartAsync(azurite);
        mta.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        mta.Domain("strict.test");
        mta.Domain("easy.test");
        mta.Enforce("strict.test");

        string[] strict = ["a@strict.test", "b@strict.test", "c@strict.test"];
        string[] easy = ["a@easy.test", "b@easy.test", "c@easy.test"];
        await mta.RelayAsync([.. strict.Zip(easy).SelectMany(pair => new[] { pair.First, pair.Second })]);

        foreach (var to in easy)
            Assert.Equal(MessageState.Delivered, (await mta.MessageAsync(to)).State);
        foreach (var to in strict)
        {
            var waiting = await mta.MessageAsync(to);
            Assert.Equal(MessageState.Waiting, waiting.State);
            Assert.Contains("the TLS policy of strict.test: mx.a.test", waiting.WaitsFor, StringComparison.Ordinal);
            var entry = Assert.Single(waiting.History);
            Assert.Equal("TlsFailed", entry.LocalError);
            Assert.Contains("MTA-STS: the certificate (CN=mx.a.test) is not valid", entry.Detail, StringComparison.Ordinal);
        }
        Assert.All(mta.Server.Mails, mail => Assert.EndsWith("@easy.test", mail.Recipient, StringComparison.Ordinal));

        // The path is well.
        var site = (await mta.Get<SiteDirectory>().FindAsync("strict.test", TestContext.Current.CancellationToken)).Site!;
        Assert.Null(mta.Get<PathDirectory>().Find(mta.Get<IReadOnlyList<Egress>>()[0], site).Hold);

        // And when the certificate is: what waited goes.
        mta.Server.Identity = mta.Authority.Identity(TlsWorld.Host);
        await mta.RetryAsync();
        foreach (var to in strict)
        {
            var delivered = await mta.MessageAsync(to);
            Assert.Equal(MessageState.Delivered, delivered.State);
            Assert.Equal("MTA-STS enforce: certificate valid for mx.a.test", delivered.History[^1].TlsPolicy);
            Assert.StartsWith("Tls1", delivered.History[^1].Tls, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_sender_may_put_delivery_before_protection()
    {
        await using var mta = await TlsPipeline.StartAsync(azurite);
        mta.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        mta.Domain("strict.test");
        mta.Enforce("strict.test");
        await mta.RelayAsync(["a@strict.test"], """{"TLS-Required": "No"}""");
        Assert.Equal(MessageState.Delivered, (await mta.MessageAsync("a@strict.test")).State);
    }

    [Fact]
    public async Task Dane_holds_where_the_answers_for_mx_host_and_records_are_secure()
    {
        await using var mta = await TlsPipeline.StartAsync(azurite);
        mta.Server.Identity = MailAuthority.SelfSigned(TlsWorld.Host);
        mta.Domain("signed.test");
        mta.Domain("unsigned.test");
        mta.Dns.Signed["signed.test"] = mta.Dns.Signed["a.test"] = 0;
        mta.Dns.Tlsa($"_{mta.Server.Port}._tcp.{TlsWorld.Host}", 3, 1, 1, new byte[32]);
        await mta.RelayAsync(["a@signed.test", "a@unsigned.test"]);
        Assert.Contains("DANE: no TLSA record of mx.a.test matches", (await mta.MessageAsync("a@signed.test")).WaitsFor, StringComparison.Ordinal);
        Assert.Equal(MessageState.Delivered, (await mta.MessageAsync("a@unsigned.test")).State);
    }
}
