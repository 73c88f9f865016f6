using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>What editors offer is what the reader takes.</summary>
public sealed class RuleSchemaTests : IDisposable
{
    private readonly JsonDocument _schema = RuleSchema.Load();

    private JsonElement Rule => _schema.RootElement.GetProperty("$defs").GetProperty("rule");

    public void Dispose() => _schema.Dispose();

    [Fact]
    public void It_has_each_property_that_the_reader_knows_and_no_other() =>
        Assert.Equal(BounceRuleReader.Known.Order(StringComparer.Ordinal), Rule.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Each_property_is_described()
    {
        foreach (var property in Rule.GetProperty("properties").EnumerateObject().Concat(_schema.RootElement.GetProperty("properties").EnumerateObject()))
            Assert.True(property.Value.TryGetProperty("description", out var text) && text.GetString()!.Length > 10, property.Name);
    }

    [Fact]
    public void Classes_types_reasons_codes_commands_and_providers_are_those_of_the_program()
    {
        Assert.Equal(Enum.GetValues<ReplyClass>().Select(ClassNames.Of), Constants("class").Select(c => c.GetString()!));
        Assert.Equal(Enum.GetValues<CampaignReason>().Select(r => ((int)r, r.Label())), Described("reason"));
        Assert.Equal(Enum.GetValues<BounceCode>().Select(c => (int)c), Described("bounceCode").Select(c => c.Item1));
        Assert.Equal(Enum.GetNames<FailureType>(), Values(Rule.GetProperty("properties").GetProperty("type")));
        Assert.Equal(SmtpCommands.Names, Values(Definition("command")));
        Assert.Equal(ProviderDirectory.BuiltIn.All.Select(p => p.Name), Values(Definition("provider")));
    }

    [Fact]
    public void What_the_reader_refuses_it_refuses_too()
    {
        var check = new SchemaCheck(_schema.RootElement);
        foreach (var rule in new[]
        {
            """{ "id": "Not Good", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transiet", "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transient", "samples": [] }""",
            """{ "id": "x", "any": "sorry", "class": "transient" }""",
            """{ "id": "x", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "anny": "sorry", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "code": "6xx", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "status": "5.x.1", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "provider": "gogle", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "command": "vrfy", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transient", "reason": 7, "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transient", "bounceCode": 11, "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transient", "retry": "no", "samples": ["450 sorry"] }""",
            """{ "id": "x", "any": "sorry", "class": "transient", "samples": [{ "reply": "450 sorry", "host": "a" }] }""",
        })
        {
            Assert.Single(Rules.Faults(rule));
            using var file = JsonDocument.Parse(Rules.File(rule));
            Assert.True(check.Faults(file.RootElement).Count > 0, rule);
        }
    }

    private JsonElement Definition(string name) => _schema.RootElement.GetProperty("$defs").GetProperty(name);

    private IEnumerable<JsonElement> Constants(string property) => Rule.GetProperty("properties").GetProperty(property).GetProperty("oneOf").EnumerateArray().Select(o => o.GetProperty("const"));

    private IEnumerable<(int, string)> Described(string property) => Rule.GetProperty("properties").GetProperty(property).GetProperty("oneOf").EnumerateArray()
        .Select(o => (o.GetProperty("const").GetInt32(), o.GetProperty("description").GetString()!));

    private static IEnumerable<string> Values(JsonElement schema) => schema.GetProperty("enum").EnumerateArray().Select(v => v.GetString()!);
}
