using System.Text.RegularExpressions;
using EnhancedMta.BounceRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Benchmarks.Qualify;

/// <summary>A reply as servers say it: a sample of a rule, with another address and another queue id in it each time.</summary>
/// <param name="Reply">As read.</param>
/// <param name="MxHost">Who says it.</param>
internal sealed partial record RecordedLike(SmtpReply Reply, string? MxHost)
{
    private const int Variations = 20;

    public static IReadOnlyList<RecordedLike> Of(BounceRuleSet rules, Random random)
    {
        var all = rules.Rules.SelectMany(rule => rule.Samples).SelectMany(sample => Enumerable.Range(0, Variations).Select(_ => Vary(sample, random))).ToArray();
        random.Shuffle(all);
        return all;
    }

    private static RecordedLike Vary(RuleSample sample, Random random)
    {
        var words = MailAddress().Replace(sample.Reply, _ => $"{Word(random, 3, 12)}.{Word(random, 3, 12)}@{Word(random, 3, 15)}.example");
        words = random.Next(4) switch
        {
            0 => words,
            1 => $"{words} {Word(random, 10, 20)}-{Word(random, 10, 20)}.{random.Next(1000)} - smtp",
            2 => $"{words} (in reply to command; id {Word(random, 8, 14)}{random.Next()})",
            _ => $"{words} https://support.{Word(random, 5, 10)}.example/help?id={random.Next()}",
        };
        return new RecordedLike(QuotedReply.Parse(words, sample.Command), sample.MxHost ?? $"mx{random.Next(9)}.{Word(random, 4, 12)}.example");
    }

    private static string Word(Random random, int least, int most) => random.GetString("abcdefghijklmnopqrstuvwxyz0123456789", random.Next(least, most + 1));

    [GeneratedRegex(@"[\w.+-]+@[\w.-]+\w")]
    private static partial Regex MailAddress();
}
