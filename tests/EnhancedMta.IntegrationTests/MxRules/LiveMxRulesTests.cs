using System.Text.Json;
using Azure;
using EnhancedMta.IntegrationTests.Hosting;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.UserRules;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.MxRules;

/// <summary>A user's MX rules change while the app runs.</summary>
public sealed class LiveMxRulesTests(AzuriteFixture azurite)
{
    private static readonly Site Partner = Site.Of([new MxHost("mx1.partner.example", 10, 25)]);

    [Fact]
    public async Task Rules_of_the_blob_hold_half_a_minute_later_and_bad_ones_are_refused_and_told()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var ours = await ShowAsync(mta);
        Assert.Equal((MxRuleFile.BuiltIn.Version, 0, "blob", "settings/mx-rules.json"), (Version(ours), Users(ours), ours.GetProperty("source").GetProperty("kind").GetString(), ours.GetProperty("source").GetProperty("name").GetString()));
        Assert.Equal("generic", Rule(mta));

        await WriteAsync(mta, Rules(7));
        var theirs = await LookAsync(mta, now => Users(now) == 1);
        Assert.Equal(("partner", 7), (Rule(mta), mta.Host.Services.GetRequiredService<Func<MxRuleSet>>()().Find(Partner, 1).MaxConnections));
        Assert.InRange(theirs.GetProperty("loadedAt").GetDateTimeOffset(), ours.GetProperty("loadedAt").GetDateTimeOffset().AddSeconds(30), mta.Clock.GetUtcNow());
        var first = theirs.GetProperty("inOrder")[0];
        Assert.Equal(("user", "partner", "PT15S"), (first.GetProperty("by").GetString(), first.GetProperty("rule").GetProperty("id").GetString(), first.GetProperty("rule").GetProperty("timeouts").GetProperty("connect").GetString()));

        // With faults: what held stays, and somebody is told which line, once.
        await WriteAsync(mta, Rules(0));
        var refused = await LookAsync(mta, now => now.TryGetProperty("refusal", out _));
        Assert.Equal((Version(theirs), "partner"), (Version(refused), Rule(mta)));
        Assert.Equal("line 3, rule \"partner\": \"maxConnections\" must be from 1 to 1000", Assert.Single(refused.GetProperty("refusal").GetProperty("faults").EnumerateArray()).GetString());
        await WriteAsync(mta, Rules(0));
        await LookAsync(mta, _ => true);
        await WriteAsync(mta, Rules(9));
        await LookAsync(mta, now => !now.TryGetProperty("refusal", out _));
        Assert.Equal(9, mta.Host.Services.GetRequiredService<Func<MxRuleSet>>()().Find(Partner, 1).MaxConnections);
        var incident = Assert.Single((await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray());
        Assert.Equal(("mx-rules", "settings/mx-rules.json"), (incident.GetProperty("kind").GetString(), incident.GetProperty("subject").GetString()));
        Assert.StartsWith("line 3, rule \"partner\"", incident.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await mta.Storage.Settings.DeleteBlobAsync("mx-rules.json", cancellationToken: TestContext.Current.CancellationToken);
        await LookAsync(mta, now => Version(now) == Version(ours));
        Assert.Equal("generic", Rule(mta));
        // The other kind of rules has a file of its own.
        Assert.Equal(0, (await mta.SendAsync(HttpMethod.Get, "bounce-rules", 200)).GetProperty("rules").GetProperty("users").GetInt32());
    }

    [Fact]
    public async Task A_file_that_the_settings_name_stands_in_for_the_blob_from_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("mx-rules-");
        try
        {
            var file = Path.Combine(folder.FullName, "mine.json");
            await File.WriteAllTextAsync(file, Rules(7), TestContext.Current.CancellationToken);
            await using var mta = await MtaUnderTest.StartAsync(azurite, [], settings: new KeyValuePair<string, string?>("EnhancedMta:MxRulesFile", file));
            Assert.Equal(("file", file, 1), (Source(await ShowAsync(mta), "kind"), Source(await ShowAsync(mta), "name"), Users(await ShowAsync(mta))));

            await File.WriteAllTextAsync(file, Rules(11), TestContext.Current.CancellationToken);
            await LookAsync(mta, _ => mta.Host.Services.GetRequiredService<Func<MxRuleSet>>()().Find(Partner, 1).MaxConnections == 11);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Storage that is away while a bad file is refused must not swallow the incident.</summary>
    [Fact]
    public async Task A_refusal_that_could_not_be_told_is_told_at_the_next_look()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var rules = mta.Host.Services.GetRequiredService<LiveRules<MxRuleSet>>();
        await WriteAsync(mta, Rules(0));
        await mta.Storage.Incidents.DeleteAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RequestFailedException>(() => rules.LookAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(rules.State.Refusal);

        await mta.Storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        await rules.LookAsync(TestContext.Current.CancellationToken);
        Assert.Single((await mta.SendAsync(HttpMethod.Get, "incidents", 200)).GetProperty("incidents").EnumerateArray());
    }

    /// <summary>A file of a rule on line 3.</summary>
    private static string Rules(int connections) => $$"""
        { "rules": [
          // A partner's gateway.
          { "id": "partner", "mx": "*.partner.example", "maxConnections": {{connections}}, "maxMessagesPerConnection": 20, "timeouts": { "connect": "PT15S" } }
        ] }
        """;

    private static async Task WriteAsync(MtaUnderTest mta, string rules) =>
        await mta.Storage.Settings.GetBlobClient("mx-rules.json").UploadAsync(BinaryData.FromString(rules), overwrite: true, TestContext.Current.CancellationToken);

    /// <summary>Half minutes pass until what the rules show is as expected.</summary>
    private static async Task<JsonElement> LookAsync(MtaUnderTest mta, Func<JsonElement, bool> expected)
    {
        JsonElement now = default;
        await Eventually.IsTrueAsync(
            async () =>
            {
                // Again and again: the watch may not have been waiting yet.
                mta.Clock.Advance(LiveRulesWatch<MxRuleSet>.Interval);
                return expected(now = await ShowAsync(mta));
            },
            "the rules are as expected");
        return now;
    }

    private static Task<JsonElement> ShowAsync(MtaUnderTest mta) => mta.SendAsync(HttpMethod.Get, "mx-rules", 200);

    private static string Rule(MtaUnderTest mta) => mta.Host.Services.GetRequiredService<Func<MxRuleSet>>()().Find(Partner, 1).Id;

    private static string Version(JsonElement answer) => answer.GetProperty("version").GetString()!;

    private static int Users(JsonElement answer) => answer.GetProperty("rules").GetProperty("users").GetInt32();

    private static string Source(JsonElement answer, string name) => answer.GetProperty("source").GetProperty(name).GetString()!;
}
