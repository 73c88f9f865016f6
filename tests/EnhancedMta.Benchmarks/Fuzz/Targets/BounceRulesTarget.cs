using EnhancedMta.BounceRules;
using EnhancedMta.Providers;
using EnhancedMta.UserRules;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>A user's bounce rules. Each fault is told; what is taken can decide.</summary>
internal sealed class BounceRulesTarget() : FuzzTarget("bounce-rules", weight: 4, maxLength: 40_000)
{
    public override IReadOnlyList<byte[]> Seeds { get; } = Octets(
        """{"rules":[{"id":"mine","code":"4xx","any":["greylist*","(grey|gray) list*","come back .. later"],"class":"greylisted","why":"test","samples":["451 4.7.1 Greylisted, come back a little later","450 grey listed","451 gray lists"]}]}""",
        """{"rules":[{"id":"by-pattern","code":"550","status":"5.1.1","pattern":"no such (user|mailbox)","none":["relay"],"class":"unknownUser","why":"test","samples":["550 5.1.1 no such user"]},{"id":"other","code":"5xx","provider":"google","any":["blocked"],"class":"spamRefusal","why":"test","samples":["554 blocked"]}]}""");

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\\", "null", "\\ud800", "4xx", "5xx", "(", ")", "|", "*", " .. ", "?", "+", "{1000}", "{1,1000}", "(a|b|c)", ".*", "[^a]", "\\\\b", "\\\\w+", "^", "$", "\"any\":[", "\"all\":[", "\"pattern\":\"", "\"samples\":[", "é", "\ud83d\ude00", "\0");

    // Patterns become automata, whose size the reader bounds.
    public override long AllocationLimit(int length) => (256L * 1024 * 1024) + (20_000L * length);

    public override void Read(byte[] input, Random random)
    {
        try
        {
            var rules = BounceRuleReader.Read("fuzz.json", input, ProviderDirectory.BuiltIn.Names);
            var set = new BounceRuleSet([.. rules], "fuzz", ProviderDirectory.BuiltIn);
            foreach (var rule in rules)
                _ = RuleSamples.Check(set, rule).Count();
        }
        catch (RuleFaultsException e)
        {
            Hold(e.Faults.Count > 0, "refused, and no fault told");
        }
    }
}
