using EnhancedMta.Providers;
using EnhancedMta.UserRules;

namespace EnhancedMta.MxRules;

/// <summary>Makes sets of MX rules: ours alone (the files of <c>MxRules/data</c>, in the order of their names), or overridden by a user's.</summary>
public static class MxRuleFile
{
    /// <summary>The last of our rules, which is for every site that no other is for.</summary>
    public const string GenericId = "generic";

    internal static IReadOnlyList<(string Name, ReadOnlyMemory<byte> Json)> Files { get; } = EmbeddedRules.In("MxRules.data");

    private static readonly IReadOnlyList<MxRule> Ours = [.. Files.SelectMany(f => MxRuleReader.Read(f.Name, f.Json, ProviderDirectory.BuiltIn.Names)).Select(written => written.Rule)];

    /// <summary>Our rules.</summary>
    public static MxRuleSet BuiltIn { get; } = new(Ours, RuleVersion.Of(Files.Select(f => f.Json)), ProviderDirectory.BuiltIn);

    /// <summary>How users may override them.</summary>
    public static RuleKind<MxRuleSet> Kind { get; } = new("mx-rules", BuiltIn, WithUserRules);

    /// <summary>A user's rules, which are asked before ours in their order; one with the id of a rule of ours takes its place instead.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <param name="json">UTF-8.</param>
    /// <exception cref="RuleFaultsException">It cannot be used: each fault with its line and rule.</exception>
    public static MxRuleSet WithUserRules(string name, ReadOnlyMemory<byte> json)
    {
        var written = MxRuleReader.Read(name, json, ProviderDirectory.BuiltIn.Names);
        if (written.FirstOrDefault(w => w.Rule.Id == GenericId && !w.Rule.IsForAll) is { } narrow)
            throw new RuleFaultsException(name, [$"line {narrow.Line}, rule \"{GenericId}\": is for every site that no other rule is for, so it has no mx, provider or publicIds"]);
        var users = written.ToDictionary(w => w.Rule.Id, w => w.Rule, StringComparer.Ordinal);
        var ours = Ours.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<MxRule> rules =
        [
            .. written.Select(w => w.Rule).Where(rule => !ours.Contains(rule.Id)),
            .. Ours.Select(rule => users.GetValueOrDefault(rule.Id, rule)),
        ];
        var faults = written.Select(w => (w.Line, w.Rule, First: rules.TakeWhile(rule => !ReferenceEquals(rule, w.Rule)).FirstOrDefault(rule => rule.Covers(w.Rule))))
            .Where(w => w.First is not null)
            .Select(w => $"line {w.Line}, rule \"{w.Rule.Id}\": would never be asked: rule \"{w.First!.Id}\" {(users.ContainsKey(w.First.Id) ? "of the same file" : "of ours")} is asked before it, for the same hosts")
            .ToList();
        if (faults.Count > 0)
            throw new RuleFaultsException(name, faults);
        return new MxRuleSet(rules, RuleVersion.Of([.. Files.Select(f => f.Json), json]), ProviderDirectory.BuiltIn) { Users = users.Keys.ToHashSet(StringComparer.Ordinal) };
    }
}
