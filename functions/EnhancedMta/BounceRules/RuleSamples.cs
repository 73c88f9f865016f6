namespace EnhancedMta.BounceRules;

/// <summary>Proves rules by their samples: one that does not decide them is dead, shadowed by another, or misspelt.</summary>
internal static class RuleSamples
{
    /// <returns>A fault for each sample that another rule decides.</returns>
    public static IEnumerable<string> Check(BounceRuleSet set, BounceRule rule)
    {
        foreach (var sample in rule.Samples)
        {
            var decided = set.Find(sample.ToReply(), sample.MxHost);
            if (decided?.Id != rule.Id)
                yield return $"line {rule.Line}, rule \"{rule.Id}\": its sample \"{sample.Reply}\" is decided by {(decided is null ? "no rule" : $"\"{decided.Id}\"")}";
        }
    }
}
