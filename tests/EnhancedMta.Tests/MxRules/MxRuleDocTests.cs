using System.Text;
using System.Text.RegularExpressions;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.MxRules;

namespace EnhancedMta.Tests.MxRules;

/// <summary>What <c>docs/mx-rules.md</c> says is so.</summary>
public sealed class MxRuleDocTests
{
    private static readonly string Doc = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/mx-rules.md"));

    [Fact]
    public void Its_table_of_rules_is_that_of_the_data() => SameAs(MxRuleTable.Rules(), "rules");

    [Fact]
    public void Its_table_of_triggers_is_that_of_the_data() => SameAs(MxRuleTable.Triggers(), "triggers");

    [Fact]
    public void Its_examples_are_files_that_hold()
    {
        var examples = Regex.Matches(Doc, "```json\n(.*?)```", RegexOptions.Singleline).Select(match => match.Groups[1].Value).Where(json => json.Contains("\"rules\": [", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(examples);
        Assert.All(examples, json => Assert.NotEmpty(MxRuleFile.WithUserRules("docs/mx-rules.md", Encoding.UTF8.GetBytes(json)).Users));
    }

    [Fact]
    public void It_names_each_property_of_a_rule_and_of_a_trigger()
    {
        foreach (var name in MxRuleReader.Known.Concat(ReplyTriggerReader.Known).Concat(MxRuleReader.KnownOfTimeouts))
            Assert.Contains($"`{name}`", Doc, StringComparison.Ordinal);
    }

    // The message is what the document should have between its marks.
    private static void SameAs(string table, string mark)
    {
        var (start, end) = ($"<!-- {mark}: checked by MxRuleDocTests -->\n", $"\n<!-- end of {mark} -->");
        var from = Doc.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length && Doc.IndexOf(end, from, StringComparison.Ordinal) is var to && to >= from && Doc[from..to] == table, $"docs/mx-rules.md must have between its marks of {mark}:\n{start}{table}{end}");
    }
}
