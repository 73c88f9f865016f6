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
    public void Each_phrase_is_found_where_its_words_stand()
    {
        // Words that folding changes (an address, two blanks) would never be met in a folded text.
        foreach (var (rule, phrase) in BuiltInRules.Rules.SelectMany(r => r.Any.Concat(r.All).Concat(r.None).Select(phrase => (r.Id, phrase))))
        {
            foreach (var words in Phrase.Parse(phrase).SelectMany(p => p.Parts).SelectMany(part => part))
                Assert.True(words.Text == FoldedText.Fold($"550 {words.Text}")[4..], $"{rule}: {phrase}");
        }
    }

    [Fact]
    public void No_rule_says_the_same_thing_twice()
    {
        foreach (var rule in BuiltInRules.Rules)
            Assert.Distinct(rule.Any, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void Providers_rules_come_before_those_for_everybody()
    {
        var rules = BuiltInRules.Rules.Select((rule, at) => (rule, at)).ToList();
        var lastOfProviders = rules.Last(r => r.rule.Providers.Count > 0).at;
        Assert.True(lastOfProviders < rules.First(r => r.rule.Id == "greylisted").at);
        // Then text, then statuses, then codes.
        var firstStatus = rules.First(r => r.rule.Id == "status-1-3").at;
        Assert.All(rules.Skip(firstStatus), r => Assert.False(r.rule.HasWords));
        Assert.All(rules.Skip(rules.First(r => r.rule.Id == "code-421").at), r => Assert.Empty(r.rule.Statuses));
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
