using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

public sealed class WordingsTests
{
    [Fact]
    public void Each_reply_means_what_a_postmaster_reads_in_it()
    {
        Assert.True(Wording.All.Count > 700);
        Assert.Empty(Wording.All.Concat(Wording.Words)
            .Select(w => (Wording: w, Verdict: w.Decide()))
            .Where(d => ClassNames.Of(d.Verdict.Class) != d.Wording.Class)
            .Select(d => $"{d.Wording.Class}: {d.Wording.Reply}: {ClassNames.Of(d.Verdict.Class)} by {d.Verdict.Rule}"));
    }

    [Fact]
    public void Quoted_in_a_bounce_mail_it_means_the_same() =>
        Assert.Empty(Wording.All
            .Where(w => QuotedReply.Parse(w.Reply).Code > 0)
            .Select(w => (Wording: w, (w with { Reply = $"host mx.example.net[192.0.2.1] said: {w.Reply} (in reply to end of DATA command)" }).Decide().Class))
            .Where(d => ClassNames.Of(d.Class) != d.Wording.Class)
            .Select(d => $"{d.Wording.Class}: {d.Wording.Reply}: {ClassNames.Of(d.Class)}"));

    [Fact]
    public void No_refusal_for_policy_or_content_burns_an_address()
    {
        foreach (var wording in Wording.All.Concat(Wording.Words))
            Assert.True(wording.Decide() is { Type: not FailureType.Hard } or { Code: BounceCode.InvalidRecipient }, wording.Reply);
    }

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
