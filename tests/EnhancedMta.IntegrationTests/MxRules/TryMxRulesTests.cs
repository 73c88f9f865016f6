using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.MxRules;

namespace EnhancedMta.IntegrationTests.MxRules;

public sealed class TryMxRulesTests(AzuriteFixture azurite)
{
    private const string Tried = """
        { "rules": [
          { "id": "google-new", "provider": "google", "publicIds": { "first": 5, "last": 9 }, "maxConnections": 2, "maxMessagesPerConnection": 50, "tls": "required" },
          { "id": "lab", "mx": "127.0.0.1", "maxConnections": 3, "maxMessagesPerConnection": 100 }
        ] }
        """;

    [Fact]
    public async Task What_would_change_is_told_for_providers_masks_and_known_sites_and_nothing_changes()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var answer = await TryAsync(mta, Tried, 200);

        Assert.Equal((MxRuleFile.BuiltIn.Version, 2), (answer.GetProperty("version").GetProperty("from").GetString(), answer.GetProperty("rules").GetProperty("users").GetInt32()));
        var changes = answer.GetProperty("changes").EnumerateArray().ToList();
        Assert.Equal(["provider google", "mx 127.0.0.1", "site 127.0.0.1"], changes.Select(c => $"{c.GetProperty("place").GetString()} {c.GetProperty("name").GetString()}"));
        var google = changes[0];
        Assert.Equal((5, 9), (google.GetProperty("publicIds").GetProperty("first").GetInt32(), google.GetProperty("publicIds").GetProperty("last").GetInt32()));
        Assert.Equal(("google", 5, "google-new", 2), (Id(google, "from"), Connections(google, "from"), Id(google, "to"), Connections(google, "to")));
        Assert.Equal(["id", "scope", "maxConnections", "connectionsPerMinute", "triggers"], google.GetProperty("differences").EnumerateArray().Select(d => d.GetString()));
        // The route of the sink is a site that the process knows.
        Assert.Equal(("generic", 20, "lab", 3), (Id(changes[2], "from"), Connections(changes[2], "from"), Id(changes[2], "to"), Connections(changes[2], "to")));

        Assert.Equal(MxRuleFile.BuiltIn.Version, (await mta.SendAsync(HttpMethod.Get, "mx-rules", 200)).GetProperty("version").GetString());
    }

    [Fact]
    public async Task Faults_are_told_by_line()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        var problem = await TryAsync(mta, Tried.Replace("\"provider\": \"google\"", "\"provider\": \"gogle\"", StringComparison.Ordinal).Replace("\"maxConnections\": 3", "\"maxConections\": 3", StringComparison.Ordinal), 400);
        var errors = problem.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("field").GetString(), e.GetProperty("error").GetString()!)).ToList();
        Assert.Equal(2, errors.Count);
        Assert.All(errors, e => Assert.Equal("rules", e.Item1));
        Assert.StartsWith("line 2, rule \"google-new\": provider \"gogle\" is not known", errors[0].Item2, StringComparison.Ordinal);
        Assert.StartsWith("line 3, rule \"lab\": \"maxConections\" is not known", errors[1].Item2, StringComparison.Ordinal);

        Assert.Contains("is no JSON", (await TryAsync(mta, "", 400)).ToString(), StringComparison.Ordinal);
        await TryAsync(mta, new string(' ', 5 * 1024 * 1024), 413);
    }

    private static Task<JsonElement> TryAsync(MtaUnderTest mta, string file, int expectedStatus) =>
        mta.SendAsync(HttpMethod.Post, "mx-rules/try", expectedStatus, new StringContent(file, Encoding.UTF8, "application/json"));

    private static string Id(JsonElement change, string side) => change.GetProperty(side).GetProperty("id").GetString()!;

    private static int Connections(JsonElement change, string side) => change.GetProperty(side).GetProperty("maxConnections").GetInt32();
}
