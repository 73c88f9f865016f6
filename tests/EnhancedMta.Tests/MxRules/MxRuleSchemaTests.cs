using System.Text.Json;
using EnhancedMta.MxRules;
using EnhancedMta.Providers;
using EnhancedMta.Tests.BounceRules;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.MxRules;

/// <summary>What editors offer is what the reader takes.</summary>
public sealed class MxRuleSchemaTests : IDisposable
{
    private readonly JsonDocument _schema = Mx.Schema();

    public void Dispose() => _schema.Dispose();

    [Fact]
    public void It_has_each_property_that_the_reader_knows_and_no_other()
    {
        Assert.Equal(Sorted(MxRuleReader.Known), Names(Definition("rule")));
        Assert.Equal(Sorted(ReplyTriggerReader.Known), Names(Definition("trigger")));
        Assert.Equal(Sorted(MxRuleReader.KnownOfTimeouts), Names(Definition("rule").GetProperty("properties").GetProperty("timeouts")));
        Assert.Equal(Sorted(MxRuleReader.KnownOfPublicIds), Names(Definition("rule").GetProperty("properties").GetProperty("publicIds")));
    }

    [Fact]
    public void Each_property_is_described()
    {
        foreach (var property in new[] { _schema.RootElement, Definition("rule"), Definition("trigger"), Definition("rule").GetProperty("properties").GetProperty("timeouts"), Definition("rule").GetProperty("properties").GetProperty("publicIds") }
            .SelectMany(part => part.GetProperty("properties").EnumerateObject()))
            Assert.True(property.Value.TryGetProperty("description", out var text) && text.GetString()!.Length > 10, property.Name);
    }

    [Fact]
    public void Scopes_levels_actions_and_providers_are_those_of_the_program()
    {
        Assert.Equal(Enum.GetNames<LimitScope>().Select(RuleFields.CamelCase), Constants("rule", "scope"));
        Assert.Equal(Enum.GetNames<TlsLevel>().Select(RuleFields.CamelCase), Constants("rule", "tls"));
        Assert.Equal(Enum.GetNames<TriggerAction>().Select(RuleFields.CamelCase), Constants("trigger", "action"));
        Assert.Equal(ProviderDirectory.BuiltIn.All.Select(p => p.Name), Definition("provider").GetProperty("enum").EnumerateArray().Select(v => v.GetString()!));
    }

    [Fact]
    public void Its_bounds_are_the_readers()
    {
        var bounds = (string part, string name) => Definition(part).GetProperty("properties").GetProperty(name) is var p ? (p.GetProperty("minimum").GetInt32(), p.GetProperty("maximum").GetInt32()) : default;
        Assert.Equal((1, MxRuleReader.MaxConnections), bounds("rule", "maxConnections"));
        Assert.Equal((1, MxRuleReader.MaxConnections), bounds("rule", "minConnections"));
        Assert.Equal((1, MxRuleReader.MaxMessagesPerConnection), bounds("rule", "maxMessagesPerConnection"));
        Assert.Equal((MxRuleReader.MinMessagesPerHour, MxRuleReader.MaxMessagesPerHour), bounds("rule", "messagesPerHour"));
        Assert.Equal((MxRuleReader.MinMessagesPerHour, MxRuleReader.MaxMessagesPerHour), bounds("rule", "minMessagesPerHour"));
        Assert.Equal((1, MxRuleReader.MaxConnectionsPerMinute), bounds("rule", "connectionsPerMinute"));
        Assert.Equal((2, ReplyTriggerReader.MaxCount), bounds("trigger", "count"));
        Assert.Equal(MxRuleReader.MaxRules, _schema.RootElement.GetProperty("properties").GetProperty("rules").GetProperty("maxItems").GetInt32());
        Assert.Equal(ReplyTriggerReader.MaxTriggers, Definition("rule").GetProperty("properties").GetProperty("triggers").GetProperty("maxItems").GetInt32());
    }

    [Fact]
    public void What_the_reader_refuses_it_refuses_too()
    {
        var trigger = (string more) => $$"""{ "id": "x", {{Mx.Limits}}, "triggers": [{ "id": "t", "pattern": "busy", "samples": ["421 busy"]{{more}} }] }""";
        var check = new SchemaCheck(_schema.RootElement);
        foreach (var rule in new[]
        {
            $$"""{ "id": "Not Good", {{Mx.Limits}} }""",
            """{ "id": "x", "maxConnections": 5 }""",
            """{ "id": "x", "maxConnections": 0, "maxMessagesPerConnection": 3 }""",
            """{ "id": "x", "maxConnections": 1.5, "maxMessagesPerConnection": 3 }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "speed": 3 }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "messagesPerHour": 5 }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "mx": "*.a.example", "provider": "google" }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "mx": [] }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "mx": "bücher.example" }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "provider": "gogle" }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "publicIds": { "first": 1 } }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "publicIds": { "first": 0, "last": 2 } }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "scope": "all" }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "tls": true }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "timeouts": { "connect": "30" } }""",
            $$"""{ "id": "x", {{Mx.Limits}}, "timeouts": { "greeting": "PT30S" } }""",
            trigger(""", "action": "slow", "duration": "PT1H" """),
            trigger(""", "action": "suspend" """),
            trigger(""", "action": "suspend", "value": 5, "duration": "PT1H" """),
            trigger(""", "action": "connections", "duration": "PT1H" """),
            trigger(""", "action": "connections", "value": 2, "factor": 0.5, "duration": "PT1H" """),
            trigger(""", "action": "connections", "factor": 1, "duration": "PT1H" """),
            trigger(""", "action": "suspend", "count": 2, "duration": "PT1H" """),
            trigger(""", "action": "suspend", "count": 1, "within": "PT1H", "duration": "PT1H" """),
            trigger(""", "action": "suspend", "within": "PT1H", "duration": "PT1H" """),
            trigger(""", "action": "suspend", "duration": "1h" """),
            trigger(""", "action": "suspend", "duration": "PT1H", "when": "now" """),
        })
        {
            Assert.Single(Mx.Faults(rule));
            using var file = JsonDocument.Parse(Mx.File(rule));
            Assert.True(check.Faults(file.RootElement).Count > 0, rule);
        }
    }

    private JsonElement Definition(string name) => _schema.RootElement.GetProperty("$defs").GetProperty(name);

    private IEnumerable<string> Constants(string part, string property) =>
        Definition(part).GetProperty("properties").GetProperty(property).GetProperty("oneOf").EnumerateArray().Select(o => o.GetProperty("const").GetString()!);

    private static IEnumerable<string> Names(JsonElement part) => Sorted(part.GetProperty("properties").EnumerateObject().Select(p => p.Name));

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);
}
