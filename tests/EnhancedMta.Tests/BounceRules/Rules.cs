using System.Text;
using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>Rule files and replies for tests.</summary>
internal static class Rules
{
    /// <summary>Rules before ours.</summary>
    public static BounceRuleSet Users(params string[] rules) => RuleFile.WithUserRules("mine.json", File(rules));

    /// <summary>What is wrong with them.</summary>
    public static IReadOnlyList<string> Faults(params string[] rules) => FaultsOf(Encoding.UTF8.GetString(File(rules).Span));

    public static IReadOnlyList<string> FaultsOf(string file) =>
        Assert.Throws<RuleFaultsException>(() => RuleFile.WithUserRules("mine.json", Encoding.UTF8.GetBytes(file))).Faults;

    /// <summary>A file with one rule a line, the first on line 2.</summary>
    public static ReadOnlyMemory<byte> File(params string[] rules) => Encoding.UTF8.GetBytes("{ \"rules\": [\n" + string.Join(",\n", rules) + "\n] }");

    public static string DecidedBy(this BounceRuleSet set, string reply, string? mx = null, SmtpCommand command = SmtpCommand.Unknown) =>
        set.Decide(QuotedReply.Parse(reply, command), mx).Rule;
}
