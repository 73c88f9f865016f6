using System.Text;
using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.BounceRules;

/// <summary>A user's rules, taken over while the app runs.</summary>
public sealed class LiveRulesTests(AzuriteFixture azurite)
{
    private static readonly IReadOnlyList<RecipientRule> Rules = [new("own words", new SinkReply(550, "5.0.0", "Zorry, no")) { Prefix = "zorry" }];

    [Fact]
    public async Task Rules_in_the_blob_hold_without_a_restart_and_bad_ones_are_refused_while_the_last_good_stay()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await mta.DeclareAsync("d", new { expectedSize = 10 });
        await mta.RelayAsync("d", "zorry1");
        await mta.SettledAsync("d", waiting: 0);
        Assert.NotEqual("mine", await RuleOfAsync(mta, "zorry1"));
        Assert.Equal(0, (await StateAsync(mta)).GetProperty("rules").GetProperty("users").GetInt32());

        await WriteAsync(mta, """{ "rules": [{ "id": "mine", "any": "zorry", "class": "mailboxFull", "retry": false, "samples": ["550 Zorry"] }] }""");
        await UntilAsync(mta, state => state.GetProperty("rules").GetProperty("users").GetInt32() == 1);
        await mta.RelayAsync("d", "zorry2");
        await mta.SettledAsync("d", waiting: 0);
        var message = (await mta.MessageAsync("d", "zorry2")).GetProperty("message");
        Assert.Equal(("mine", 5), (message.GetProperty("rule").GetString(), message.GetProperty("reason").GetInt32()));

        await WriteAsync(mta, "{ \"rules\": [\n{ \"id\": \"mine\", \"any\": \"zorry\", \"class\": \"spamRefusal\", \"type\": \"Hard\", \"samples\": [\"550 Zorry\"] }] }");
        var refused = await UntilAsync(mta, state => state.TryGetProperty("refusal", out var refusal) && refusal.ValueKind == JsonValueKind.Object);
        Assert.StartsWith("line 2, rule \"mine\": a refusal of code 52 is never Hard", refused.GetProperty("refusal").GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        var incident = (await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray().First(i => i.GetProperty("kind").GetString() == "bounce-rules");
        Assert.Contains("line 2", incident.ToString(), StringComparison.Ordinal);
        await mta.RelayAsync("d", "zorry3");
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal("mine", await RuleOfAsync(mta, "zorry3"));

        // Taken away, ours alone hold.
        await Blob(mta).DeleteAsync(cancellationToken: TestContext.Current.CancellationToken);
        var last = await UntilAsync(mta, state => state.GetProperty("rules").GetProperty("users").GetInt32() == 0);
        Assert.Equal(RuleFile.BuiltIn.Version, last.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Rules_that_are_there_at_the_start_hold_for_the_first_reply()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, Rules);
        await WriteAsync(mta, """{ "rules": [{ "id": "mine", "any": "zorry", "class": "policyRefusal", "samples": ["550 Zorry"] }] }""");
        await mta.RestartAsync();
        await mta.DeclareAsync("d", new { expectedSize = 1 });
        await mta.RelayAsync("d", "zorry1");
        await mta.SettledAsync("d", waiting: 0);
        Assert.Equal("mine", await RuleOfAsync(mta, "zorry1"));
    }

    private static Azure.Storage.Blobs.BlobClient Blob(MtaUnderTest mta) => mta.Storage.Settings.GetBlobClient(RuleFile.Kind.BlobName);

    private static async Task WriteAsync(MtaUnderTest mta, string rules) =>
        await Blob(mta).UploadAsync(BinaryData.FromBytes(Encoding.UTF8.GetBytes(rules)), overwrite: true, TestContext.Current.CancellationToken);

    private static Task<JsonElement> StateAsync(MtaUnderTest mta) => mta.SendAsync(HttpMethod.Get, "bounce-rules", 200);

    /// <summary>The app looks every half minute of its own clock.</summary>
    private static async Task<JsonElement> UntilAsync(MtaUnderTest mta, Func<JsonElement, bool> reached)
    {
        var limit = DateTime.UtcNow.AddMinutes(3);
        while (true)
        {
            mta.Clock.Advance(TimeSpan.FromSeconds(31));
            var state = await StateAsync(mta);
            if (reached(state))
                return state;
            Assert.True(DateTime.UtcNow < limit, $"The rules were not looked at: {state}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string?> RuleOfAsync(MtaUnderTest mta, string messageId) =>
        (await mta.MessageAsync("d", messageId)).GetProperty("message").GetProperty("rule").GetString();
}
