using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>What a message tells of its way, and what the answer to the request tells of the messages.</summary>
public sealed partial class TraceTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Received_is_added_outside_the_signature_and_leaks_no_address_of_ours()
    {
        using var rsa = RSA.Create(2048);
        await using var server = ScriptedSmtpServer.Start();
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null,
            KeyValuePair.Create("EnhancedMta:Routes:*", (string?)string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{server.Port}")),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Domain", (string?)"signed.example"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:Selector", (string?)"s1"),
            KeyValuePair.Create("EnhancedMta:Dkim:0:PrivateKey", (string?)rsa.ExportPkcs8PrivateKeyPem()));
        await mta.DeclareAsync("d", new { });
        foreach (var domain in new[] { "signed.example", "plain.example" })
        {
            // A Received field that the message has already was another server's, and stays (RFC 5321 §4.4).
            var mime = $"Received: from shop by mail.{domain}; Fri, 4 Sep 2026 10:00:00 +0200\r\nFrom: news@{domain}\r\nSubject: s\r\n\r\nx\r\n";
            await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202,
                MtaUnderTest.Ndjson(JsonSerializer.Serialize(new { messageId = domain, to = $"a@{MtaUnderTest.Domain}", mime })));
        }
        await mta.SettledAsync("d", waiting: 0);

        Assert.Equal(2, server.Mails.Count);
        foreach (var mail in server.Mails)
        {
            var domain = mail.Text.Contains("From: news@signed.example", StringComparison.Ordinal) ? "signed.example" : "plain.example";
            Assert.StartsWith(
                $"Received: by mta.example (EnhancedMta) with HTTP\r\n\tid <{domain.Replace(".", "=2E", StringComparison.Ordinal)}.d@{domain}>;\r\n\tTue, 24 Nov 2026 09:00:00 +0000\r\n",
                mail.Text, StringComparison.Ordinal);
            Assert.Contains($"Received: from shop by mail.{domain};", mail.Text, StringComparison.Ordinal);
            // A short name may stand in a signature's base64 by chance.
            var trace = mail.Text[..mail.Text.IndexOf("+0000\r\n", StringComparison.Ordinal)];
            Assert.DoesNotContain(Environment.MachineName, trace, StringComparison.OrdinalIgnoreCase);
            foreach (var own in NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).Append(IPAddress.Loopback))
                Assert.DoesNotContain(own.ToString().Split('%')[0] is { Length: > 3 } text ? text : "127.0.0.1", mail.Text, StringComparison.OrdinalIgnoreCase);
            var signature = SignedNames().Match(mail.Text);
            Assert.Equal(domain == "signed.example", signature.Success);
            Assert.DoesNotContain("received", signature.Value, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Marketing_mail_without_one_click_unsubscription_is_accepted_with_a_warning()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("marketing", new { });
        await mta.DeclareAsync("receipts", new { priority = "transactional" });
        var lines = string.Join('\n', Enumerable.Range(0, 7).Select(i => Line($"m{i}", "")).Append(Line("good", "<https://shop.example/u>")));
        var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/marketing/messages", 202, MtaUnderTest.Ndjson(lines));
        Assert.Equal((8, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("rejectedCount").GetInt32()));
        var warning = Assert.Single(answer.GetProperty("warnings").EnumerateArray());
        Assert.Equal(("no-list-unsubscribe", 7), (warning.GetProperty("code").GetString(), warning.GetProperty("count").GetInt32()));
        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], warning.GetProperty("messageIds").EnumerateArray().Select(id => id.GetString()));

        answer = await mta.SendAsync(HttpMethod.Post, "deliveries/receipts/messages", 202, MtaUnderTest.Ndjson(lines));
        Assert.Equal((8, 0), (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("warnings").GetArrayLength()));
    }

    private static string Line(string id, string unsubscribe) => JsonSerializer.Serialize(new
    {
        messageId = id,
        to = $"{id}@{MtaUnderTest.Domain}",
        from = "news@sender.example",
        subject = "s",
        text = "t",
        headers = unsubscribe.Length == 0 ? null : new Dictionary<string, string> { ["List-Unsubscribe"] = unsubscribe, ["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click" },
    });

    [GeneratedRegex(@"\bh=[^;]*;")]
    private static partial Regex SignedNames();
}
