using EnhancedMta.Providers;
using EnhancedMta.UserRules;

namespace EnhancedMta.BounceRules;

/// <summary>Makes rule sets: ours alone, or with a user's rules before them.</summary>
public static class RuleFile
{
    /// <summary>Largest file, in octets.</summary>
    public const int MaxLength = RuleDocument.MaxLength;

    /// <summary>Our rules.</summary>
    public static BounceRuleSet BuiltIn { get; } =
        new(BuiltInRules.Rules, RuleVersion.Of(BuiltInRules.Files.Select(f => f.Json)), ProviderDirectory.BuiltIn);

    /// <summary>How users may override them.</summary>
    public static RuleKind<BounceRuleSet> Kind { get; } = new("bounce-rules", BuiltIn, WithUserRules);

    /// <summary>A line for each sample that another rule decides than its own: of a set that is as it should be, none.</summary>
    public static IEnumerable<string> Check(BounceRuleSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return set.Rules.SelectMany(rule => RuleSamples.Check(set, rule));
    }

    /// <summary>A user's rules, which are asked before ours; one with the id of a rule of ours stands in its place.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="RuleFaultsException">It cannot be used: each fault with its line. A rule that does not decide its own samples is one.</exception>
    public static BounceRuleSet WithUserRules(string name, ReadOnlyMemory<byte> json)
    {
        var rules = BounceRuleReader.Read(name, json, ProviderDirectory.BuiltIn.Names);
        var replaced = rules.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        var version = RuleVersion.Of([.. BuiltInRules.Files.Select(f => f.Json), json]);
        BounceRuleSet set;
        try
        {
            set = new BounceRuleSet([.. rules, .. BuiltInRules.Rules.Where(r => !replaced.Contains(r.Id))], version, ProviderDirectory.BuiltIn) { UserCount = rules.Count };
        }
        catch (RuleFaultsException e)
        {
            throw new RuleFaultsException(name, e.Faults);
        }
        var faults = rules.SelectMany(rule => RuleSamples.Check(set, rule)).ToList();
        return faults.Count == 0 ? set : throw new RuleFaultsException(name, faults);
    }
}
