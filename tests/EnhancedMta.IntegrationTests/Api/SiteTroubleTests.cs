using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.OpenSsl;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>Sessions that cannot be had, keys that cannot be read, and what does go out.</summary>
public sealed class SiteTroubleTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_site_that_cannot_be_reached_holds_its_messages_without_counting_attempts()
    {
        int port;
        await using (var probe = ScriptedSmtpServer.Start())
            port = probe.Port;
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create("EnhancedMta:Routes:*", (string?)string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "a", "b", "c");
        await mta.SettledAsync("d", waiting: 3);
        var message = (await mta.MessageAsync("d", "a")).GetProperty("message");
        Assert.Equal((0, "Sent"), (message.GetProperty("attempts").GetInt32(), message.GetProperty("status").GetString()));
        Assert.StartsWith("the path", message.GetProperty("waitsFor").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await mta.SummaryAsync("d")).GetProperty("softBounced").GetInt32());

        // It is back: its messages go out as soon as the wait is over.
        await using var server = ScriptedSmtpServer.Start(IPAddress.Loopback, port);
        await mta.AdvanceToNextRetryAsync();
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal(3, server.Mails.Count);
        Assert.Equal(1, (await mta.MessageAsync("d", "a")).GetProperty("message").GetProperty("attempts").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task Mail_goes_out_signed_and_never_unsigned_when_its_key_is_broken()
    {
        using var rsa = RSA.Create(2048);
        await using var server = ScriptedSmtpServer.Start();
        var route = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}");
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null,
            KeyValuePair.Create("EnhancedMta:Routes:*", (string?)route),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Domain", (string?)"sender.example"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Selector", (string?)"s1"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:PrivateKey", (string?)rsa.ExportPkcs8PrivateKeyPem()));
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "a");
        await mta.SettledAsync("d", waiting: 0);
        var mail = Assert.Single(server.Mails);
        using var data = new MemoryStream(mail.Data.ToArray());
        var message = await MimeMessage.LoadAsync(data, TestContext.Current.CancellationToken);
        Assert.True(await new DkimVerifier(new OneKey(rsa)).VerifyAsync(message, message.Headers[message.Headers.IndexOf(HeaderId.DkimSignature)], TestContext.Current.CancellationToken));

        await mta.RestartAsync(KeyValuePair.Create("EnhancedMta:Dkim:0:PrivateKey", (string?)"-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----"));
        await mta.RelayAsync("d", "b");
        await mta.SettledAsync("d", waiting: 1);
        Assert.Single(server.Mails);
        var incident = (await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents")[0];
        Assert.Equal(("dkim-key", "sender.example"), (incident.GetProperty("kind").GetString(), incident.GetProperty("subject").GetString()));
    }

    private sealed class OneKey(RSA rsa) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            Assert.Equal(("sender.example", "s1"), (domain, selector));
            using var pem = new StringReader(rsa.ExportSubjectPublicKeyInfoPem());
            return (AsymmetricKeyParameter)new PemReader(pem).ReadObject();
        }

        public override Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            Task.FromResult(LocatePublicKey(methods, domain, selector, cancellationToken));
    }
}
