using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

public sealed class ProvenPhrasesTests
{
    /// <summary>None is dead, misspelt, or behind another rule that takes all its replies.</summary>
    [Fact]
    public void Each_phrase_of_each_rule_is_proven_by_a_reply_that_this_rule_decides()
    {
        var decided = Wording.All.Concat(Wording.Words).Select(w => (Rule: w.Decide().Rule, w.Reply))
            .Concat(BuiltInRules.Rules.SelectMany(r => r.Samples.Select(s => (Rule: r.Id, s.Reply))))
            .ToLookup(d => d.Rule, d => FoldedText.Fold(QuotedReply.Parse(d.Reply).Text));
        Assert.Empty(BuiltInRules.Rules.SelectMany(rule => rule.Any.Concat(rule.All)
            .Where(phrase => !decided[rule.Id].Any(text => PhraseTests.IsFound(phrase, text)))
            .Select(phrase => $"{rule.Id}: {phrase}")));
    }
}
