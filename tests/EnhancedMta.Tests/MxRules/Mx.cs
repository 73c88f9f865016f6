using System.Text;
using System.Text.Json;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.MxRules;

/// <summary>Files of MX rules, sites and replies for tests.</summary>
internal static class Mx
{
    /// <summary>Limits, for rules that are about something else.</summary>
    public const string Limits = "\"maxConnections\": 8, \"maxMessagesPerConnection\": 10";

    /// <summary>Ours, overridden by these.</summary>
    public static MxRuleSet Users(params string[] rules) => MxRuleFile.WithUserRules("mine.json", File(rules));

    /// <summary>The only rule of a file, as the set has it.</summary>
    public static MxRule Rule(string rule)
    {
        var set = Users(rule);
        return set.Rules.Single(r => r.Id == set.Users.Single());
    }

    /// <summary>What is wrong with them.</summary>
    public static IReadOnlyList<string> Faults(params string[] rules) => FaultsOf(Encoding.UTF8.GetString(File(rules).Span));

    public static IReadOnlyList<string> FaultsOf(string file) =>
        Assert.Throws<RuleFaultsException>(() => MxRuleFile.WithUserRules("mine.json", Encoding.UTF8.GetBytes(file))).Faults;

    /// <summary>A file with one rule a line, the first on line 2.</summary>
    public static ReadOnlyMemory<byte> File(params string[] rules) => Encoding.UTF8.GetBytes("{ \"rules\": [\n" + string.Join(",\n", rules) + "\n] }");

    public static Site Site(params string[] hosts) => EnhancedMta.Sites.Site.Of(hosts.Select((host, i) => new MxHost(host, i, 25)));

    public static string Fired(this MxRule rule, string reply) => string.Join(' ', rule.TriggersFor(QuotedReply.Parse(reply)).Select(t => t.Id));

    /// <summary>As editors load it.</summary>
    public static JsonDocument Schema() => JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(RepositoryRoot.Find(), "functions/EnhancedMta/MxRules/mx-rules.schema.json")));
}
