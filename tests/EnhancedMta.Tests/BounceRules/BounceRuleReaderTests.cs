using System.Text;
using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>A bad rule file is refused with line and reason: a misspelt property would be a rule that does something else.</summary>
public sealed class BounceRuleReaderTests
{
    private const string Good = """{ "id": "mine", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""";

    [Theory]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient" }""", "has no samples")]
    [InlineData("""{ "id": "x", "class": "transient", "samples": ["450 sorry"] }""", "asks for nothing")]
    [InlineData("""{ "id": "x", "anny": "sorry", "class": "transient", "samples": ["450 sorry"] }""", "\"anny\" is not known")]
    [InlineData("""{ "id": "x", "any": "sorry", "any": "so", "class": "transient", "samples": ["450 sorry"] }""", "stands there twice")]
    [InlineData("""{ "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""", "\"id\" is missing")]
    [InlineData("""{ "id": "X Y", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""", "the id must be")]
    [InlineData("""{ "id": "x", "any": "sorry", "samples": ["450 sorry"] }""", "\"class\" is missing")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "trasient", "samples": ["450 sorry"] }""", "class \"trasient\" is not known; known are")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "type": "Firm", "samples": ["450 sorry"] }""", "type \"Firm\" is not known")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "reason": 7, "samples": ["450 sorry"] }""", "reason 7 is not known")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "reason": "1", "samples": ["450 sorry"] }""", "must be a whole number")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "bounceCode": 11, "samples": ["450 sorry"] }""", "bounceCode 11 is not known")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "retry": 1, "samples": ["450 sorry"] }""", "must be true or false")]
    [InlineData("""{ "id": "x", "code": "250", "class": "transient", "samples": ["450 sorry"] }""", "is no reply code")]
    [InlineData("""{ "id": "x", "code": "5x0", "class": "transient", "samples": ["450 sorry"] }""", "is no reply code")]
    [InlineData("""{ "id": "x", "status": "5.1", "class": "transient", "samples": ["450 sorry"] }""", "is no enhanced status code")]
    [InlineData("""{ "id": "x", "status": "2.1.1", "class": "transient", "samples": ["450 sorry"] }""", "is no enhanced status code")]
    [InlineData("""{ "id": "x", "command": "vrfy", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""", "command \"vrfy\" is not known")]
    [InlineData("""{ "id": "x", "provider": "gogle", "any": "sorry", "class": "transient", "samples": ["450 sorry"] }""", "provider \"gogle\" is not known")]
    [InlineData("""{ "id": "x", "any": "so(rry", "class": "transient", "samples": ["450 sorry"] }""", "bracket without its other half")]
    [InlineData("""{ "id": "x", "any": [""], "class": "transient", "samples": ["450 sorry"] }""", "must be text")]
    [InlineData("""{ "id": "x", "pattern": "sor(ry", "class": "transient", "samples": ["450 sorry"] }""", "cannot be used")]
    [InlineData("""{ "id": "x", "pattern": "(a+)+\\1", "class": "transient", "samples": ["450 sorry"] }""", "could be made slow")]
    [InlineData("""{ "id": "x", "pattern": "(?=sorry)", "class": "transient", "samples": ["450 sorry"] }""", "could be made slow")]
    [InlineData("""{ "id": "x", "pattern": "(?>a*)b", "class": "transient", "samples": ["450 sorry"] }""", "could be made slow")]
    [InlineData("""{ "id": "x", "pattern": "(a{100}){100}", "class": "transient", "samples": ["450 sorry"] }""", "repeats by more than")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "samples": [{ "reply": "450 sorry", "host": "mx" }] }""", "is not known in a sample")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "samples": ["450 \ud800 sorry"] }""", "rule \"x\"")]
    [InlineData("""{ "id": "x", "any": "sorry", "class": "transient", "samples": ["450 other words"] }""", "its sample \"450 other words\" is decided by")]
    [InlineData("\"no rule\"", "must be an object")]
    public void A_fault_names_line_rule_and_reason(string rule, string reason)
    {
        var fault = Assert.Single(Rules.Faults(Good, rule));
        Assert.StartsWith("line 3", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("policyRefusal")]
    [InlineData("recipientRefusal")]
    [InlineData("senderRefusal")]
    [InlineData("reputationRefusal")]
    [InlineData("spamRefusal")]
    [InlineData("attachmentRefusal")]
    [InlineData("authenticationRefusal")]
    [InlineData("reverseDnsRefusal")]
    [InlineData("tlsRequired")]
    [InlineData("formatRefusal")]
    [InlineData("relayDenied")]
    [InlineData("throttled")]
    public void No_rule_can_make_a_refusal_for_policy_hard(string @class) =>
        Assert.Contains("is never Hard", Assert.Single(Rules.Faults($$"""{ "id": "x", "any": "sorry", "class": "{{@class}}", "type": "Hard", "samples": ["550 sorry"] }""")), StringComparison.Ordinal);

    [Fact]
    public void Nor_with_a_code_of_policy_on_another_class() =>
        Assert.Contains("is never Hard", Assert.Single(Rules.Faults("""{ "id": "x", "any": "sorry", "class": "unknownUser", "bounceCode": 51, "samples": ["550 sorry"] }""")), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Rules.Faults("""{ "id": "a", "class": "transient", "samples": ["450 x"] }""", Good, """{ "id": "b", "any": "x", "class": "transient", "samples": [] }""", Good);
        Assert.Equal(["line 2", "line 4", "line 5"], faults.Select(f => f[..6]));
        Assert.Contains("the id is another rule's already", faults[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("{ \"rules\": [", "line 1")]
    [InlineData("{ \"rules\": [\n{ \"id\": }\n] }", "line 2")]
    [InlineData("[]", "must be an object with an array \"rules\"")]
    [InlineData("{ \"rules\": {} }", "must be an object with an array \"rules\"")]
    [InlineData("{ \"rules\": [], \"ruls\": 1 }", "\"ruls\" is not known")]
    public void What_is_no_rule_file_is_told_so(string file, string fault) => Assert.Contains(fault, Assert.Single(Rules.FaultsOf(file)), StringComparison.Ordinal);

    [Fact]
    public void Comments_trailing_commas_and_a_mark_of_the_encoding_are_fine()
    {
        var file = "\ufeff{\n// mine\n\"about\": \"x\", \"rules\": [ /* first */ " + Good + ", ], }";
        Assert.Equal(1, RuleFile.WithUserRules("mine.json", Encoding.UTF8.GetBytes(file)).UserCount);
    }

    [Fact]
    public void A_file_cannot_eat_the_memory()
    {
        Assert.Contains("octets", Assert.Single(Rules.FaultsOf(new string(' ', BounceRuleReader.MaxFileLength + 1))), StringComparison.Ordinal);
        Assert.Contains("characters", Assert.Single(Rules.Faults($$"""{ "id": "x", "any": "{{new string('x', 5_000)}}", "class": "transient", "samples": ["450 x"] }""")), StringComparison.Ordinal);
        // Each phrase stands for many.
        var wide = string.Concat(Enumerable.Repeat("(aaaaaaaa|bbbbbbbb|cccccccc|dddddddd)", 5));
        var many = Enumerable.Range(0, 60).Select(i => $$"""{ "id": "x{{i}}", "any": "{{wide}}", "class": "transient", "samples": ["450 x"] }""").ToArray();
        Assert.Contains("characters", Rules.Faults(many)[^1], StringComparison.Ordinal);
        var gaps = string.Join(" .. ", Enumerable.Repeat("aa", 600));
        Assert.Contains("gaps", Rules.Faults([.. Enumerable.Range(0, 8).Select(i => $$"""{ "id": "x{{i}}", "any": "{{gaps}}", "class": "transient", "samples": ["450 x"] }""")])[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_a_file_of_nonsense_end() =>
        Assert.InRange(Rules.Faults([.. Enumerable.Repeat("{ \"id\": 1 }", 2_000)]).Count, 50, 51);
}
