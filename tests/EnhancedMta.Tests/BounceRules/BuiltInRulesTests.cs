using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.LocalHost.Emulator;

namespace EnhancedMta.Tests.BounceRules;

public sealed class BuiltInRulesTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [Fact]
    public void Each_rule_decides_its_own_samples() => Assert.Empty(RuleFile.Check(RuleFile.BuiltIn));

    [Fact]
    public void No_id_is_two_rules() => Assert.Distinct(BuiltInRules.Rules.Select(r => r.Id));

    [Fact]
    public void Each_rule_says_what_it_stands_on()
    {
        foreach (var (name, rule) in Elements())
            Assert.True(rule.TryGetProperty("why", out var why) && why.GetString() is { Length: > 2 }, $"{name}: {rule.GetProperty("id")}");
    }

    [Fact]
    public void Each_file_is_as_the_schema_says()
    {
        using var schema = RuleSchema.Load();
        foreach (var (name, json) in BuiltInRules.Files)
        {
            using var file = JsonDocument.Parse(json, Lenient);
            Assert.Empty(new SchemaCheck(schema.RootElement).Faults(file.RootElement).Select(fault => $"{name}{fault}"));
            var schemaPath = file.RootElement.GetProperty("$schema").GetString()!;
            Assert.True(File.Exists(Path.Combine(RepositoryRoot.Find(), "functions/EnhancedMta/BounceRules/data", schemaPath)), name);
        }
    }

    [Fact]
    public void The_last_rule_takes_every_refusal()
    {
        foreach (var reply in new[] { "550 zzz", "499 zzz", "zzz", "599" })
            Assert.NotEqual("none", RuleFile.BuiltIn.DecidedBy(reply));
    }

    private static IEnumerable<(string Name, JsonElement Rule)> Elements() =>
        BuiltInRules.Files.SelectMany(f => JsonDocument.Parse(f.Json, Lenient).RootElement.GetProperty("rules").EnumerateArray().Select(rule => (f.Name, rule)));
}
