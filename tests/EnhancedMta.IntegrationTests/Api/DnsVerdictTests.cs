using ARSoft.Tools.Net.Dns;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.IntegrationTests.Sites;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>What the DNS says of a domain, as Campaign sees it by its own table.</summary>
public sealed class DnsVerdictTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task Each_answer_of_the_dns_has_its_verdict()
    {
        using var dns = new LoopbackDns();
        dns.Mx("null.test", 0, ".");
        dns.Mx("literal.test", 10, "192.0.2.1");
        dns.Mx("inside.test", 10, "mx.inside.test");
        dns.Cname("mx.inside.test", "alias.inside.test");
        dns.A("alias.inside.test", "10.0.0.1");
        dns.Aaaa("alias.inside.test", "::ffff:192.168.0.1");
        dns.Mx("own.test", 10, "mx.own.test");
        dns.A("mx.own.test", "127.0.0.1");
        dns.Failing["servfail.test"] = ReturnCode.ServerFailure;
        dns.Failing["silent.test"] = null;

        // An egress's own address, and what an MX leads to there.
        dns.Mx("egress.test", 10, "mx.egress.test");
        dns.A("mx.egress.test", "8.8.4.4");
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null,
            KeyValuePair.Create("EnhancedMta:Routes:*", (string?)null),
            KeyValuePair.Create("EnhancedMta:BindAddress", (string?)"8.8.4.4"),
            KeyValuePair.Create("EnhancedMta:NameServers:0", (string?)dns.EndPoint.ToString()));
        await mta.DeclareAsync("d", new { });
        string[] domains = ["null", "gone", "literal", "inside", "own", "egress", "servfail", "silent"];
        var lines = domains.Select(domain => $$"""{"messageId":"{{domain}}","to":"a@{{domain}}.test","from":"news@sender.example","subject":"s","text":"t"}""");
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', lines)));
        await mta.SettledAsync("d", waiting: 7);

        await SaysAsync(mta, "null", "Failed", "hard", "Invalid domain", "local-null-mx");
        await SaysAsync(mta, "gone", "Sent", "soft", "Invalid domain", "local-no-such-domain");
        await SaysAsync(mta, "literal", "Sent", "soft", "Invalid domain", "local-no-mail-host");
        foreach (var domain in new[] { "inside", "own", "egress" })
            await SaysAsync(mta, domain, "Sent", "soft", "Invalid domain", "local-prohibited-host");
        foreach (var domain in new[] { "servfail", "silent" })
            await SaysAsync(mta, domain, "Sent", "soft", "Unreachable", "local-dns-unavailable");

        // What the DNS could not say, it may say later.
        dns.Failing.Clear();
        dns.Mx("servfail.test", 0, ".");
        await mta.AdvanceToNextRetryAsync();
        for (var i = 0; i < 20 && (await MessageAsync(mta, "servfail")).GetProperty("status").GetString() == "Sent"; i++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            await mta.AdvanceToNextRetryAsync();
        }
        await SaysAsync(mta, "servfail", "Failed", "hard", "Invalid domain", "local-null-mx");
    }

    private static async Task SaysAsync(MtaUnderTest mta, string messageId, string status, string type, string reason, string rule)
    {
        var message = await MessageAsync(mta, messageId);
        Assert.Equal((messageId, status, type, reason, rule), (
            messageId, message.GetProperty("status").GetString(), message.GetProperty("failureType").GetString(),
            message.GetProperty("reasonLabel").GetString(), message.GetProperty("rule").GetString()));
    }

    private static async Task<System.Text.Json.JsonElement> MessageAsync(MtaUnderTest mta, string messageId) => (await mta.MessageAsync("d", messageId)).GetProperty("message");
}
