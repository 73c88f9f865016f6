using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;

namespace EnhancedMta.IntegrationTests.Bounces;

/// <summary>A provider's webhook from HTTP to the log.</summary>
public sealed class WebhookTests(AzuriteFixture azurite)
{
    private const string Key = "a mailgun signing key for tests";

    [Fact]
    public async Task A_signed_event_fails_its_message_and_a_forged_or_repeated_one_changes_nothing()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create("EnhancedMta:Webhooks:mailgun:SigningKey:0", (string?)Key));
        await mta.DeclareAsync("d", new { expectedSize = 2 });
        await mta.RelayAsync("d", "ok1", "ok2");
        await mta.SettledAsync("d", waiting: 0);

        var good = await EventAsync(mta, "ok1", Key);
        for (var i = 0; i < 2; i++)
            Assert.Equal(1, (await PostAsync(mta, "mailgun", good, 200)).GetProperty("accepted").GetInt32());
        await PostAsync(mta, "mailgun", await EventAsync(mta, "ok2", "another key than the one we know"), 401);
        await PostAsync(mta, "mailgun", "[1,2", 400);
        Assert.Contains("EnhancedMta__Webhooks__sendgrid__PublicKey", (await PostAsync(mta, "sendgrid", "[]", 404)).ToString(), StringComparison.Ordinal);
        await PostAsync(mta, "pigeon", "[]", 404);

        await mta.BouncesWorkedOffAsync();
        var message = (await mta.MessageAsync("d", "ok1")).GetProperty("message");
        Assert.Equal(("Failed", 1, "hard"), (message.GetProperty("status").GetString(), message.GetProperty("reason").GetInt32(), message.GetProperty("failureType").GetString()));
        Assert.Equal(1, (await mta.SummaryAsync("d")).GetProperty("failed").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private static async Task<string> EventAsync(MtaUnderTest mta, string messageId, string key)
    {
        var timestamp = mta.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var token = Guid.NewGuid().ToString("N") + "0123456789abcdef01";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), Encoding.ASCII.GetBytes(timestamp + token)));
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["signature"] = new { timestamp, token, signature },
            ["event-data"] = new Dictionary<string, object>
            {
                ["event"] = "failed",
                ["severity"] = "permanent",
                ["id"] = $"event-of-{messageId}",
                ["timestamp"] = mta.Clock.GetUtcNow().ToUnixTimeSeconds(),
                ["recipient"] = $"{messageId}@{MtaUnderTest.Domain}",
                ["envelope"] = new { sender = await mta.ReturnPathAsync("d", messageId) },
                ["delivery-status"] = new Dictionary<string, object> { ["code"] = 550, ["message"] = "5.1.1 No such user here", ["mx-host"] = "mx.recipients.example" },
            },
        });
    }

    private static Task<JsonElement> PostAsync(MtaUnderTest mta, string source, string body, int expectedStatus) =>
        mta.SendAsync(HttpMethod.Post, $"bounces/{source}", expectedStatus, new StringContent(body, Encoding.UTF8, "application/json"));
}
