using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Modes;

/// <summary>The emergency revert: all goes to Campaign's own MTA, unsigned and unshaped, and never by both at once.</summary>
public sealed class NativeTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task All_goes_to_the_native_mta_unsigned_and_back_again()
    {
        using var rsa = RSA.Create(2048);
        await using var native = ScriptedSmtpServer.Start();
        native.Tls = SmtpTls.Works;
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null,
            KeyValuePair.Create("EnhancedMta:NativeMta:Smarthost", (string?)string.Create(CultureInfo.InvariantCulture, $"localhost:{native.Port}")),
            KeyValuePair.Create("EnhancedMta:NativeMta:Authority", (string?)ScriptedSession.CertificatePem),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Domain", (string?)"sender.example"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Selector", (string?)"s1"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:PrivateKey", (string?)rsa.ExportPkcs8PrivateKeyPem()));
        await mta.DeclareAsync("d", new { });
        await mta.RelayAsync("d", "first");
        await mta.SettledAsync("d", waiting: 0);
        Assert.Single(mta.Sink.Ledger.Messages);

        await SetAsync(mta, "native");
        // For a few seconds nobody sends: an instance that has not seen the change yet must not send beside the native MTA.
        await mta.RelayAsync("d", "second", "third");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (mta.Sink.Ledger.Messages.Count, native.Mails.Count));
        await mta.AdvanceAsync(TimeSpan.FromMinutes(1));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal((1, 2), (mta.Sink.Ledger.Messages.Count, native.Mails.Count));
        Assert.All(native.Mails, mail => Assert.DoesNotContain("DKIM-Signature", mail.Text, StringComparison.OrdinalIgnoreCase));

        await SetAsync(mta, "enhanced");
        await mta.RelayAsync("d", "fourth");
        await mta.AdvanceAsync(TimeSpan.FromMinutes(1));
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal((2, 2), (mta.Sink.Ledger.Messages.Count, native.Mails.Count));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static async Task SetAsync(MtaUnderTest mta, string mode)
    {
        var answer = await mta.SendAsync(HttpMethod.Post, "mode", 200, new StringContent(JsonSerializer.Serialize(new { mode }), Encoding.UTF8, "application/json"));
        Assert.Equal((mode, "maintenance"), (answer.GetProperty("mode").GetString(), answer.GetProperty("now").GetString()));
    }
}
