using CsCheck;
using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>One pass for all phrases finds what a look for each one alone, at each place, finds.</summary>
public sealed class PhraseIndexTests
{
    // Few letters, so that words begin in one another, repeat and overlap.
    private static readonly Gen<string> Words = OneOf("ab", "aba", "ba", "bab", "aa", "a b", "ab a", "中文", "ab@", "*ab", "ab*", "*a b*");

    private static readonly Gen<string> Written = Gen.Select(Words.Array[1, 3], Gen.Bool).Select((parts, optional) =>
        string.Join(" .. ", optional && parts.Length > 1 ? [$"({parts[0]}|{parts[1]})", .. parts.Skip(1)] : parts));

    private static readonly Gen<string> Texts = OneOf("a", "b", " ", "ab", "中", "文", "@", "-", new string('-', 55), "aba").Array[0, 40].Select(string.Concat);

    [Fact]
    public void The_index_agrees_with_a_naive_search() =>
        Gen.Select(Written.Array[1, 8], Texts).Sample((written, text) =>
        {
            var phrases = written.SelectMany(Phrase.Parse).ToList();
            var folded = FoldedText.Fold(text);
            var index = new PhraseIndex(phrases);
            var found = new ulong[(phrases.Count + 63) / 64];
            index.Find(folded, found, new RecentEnds[index.ProgressCount]);
            for (var i = 0; i < phrases.Count; i++)
                Assert.True(Naive(phrases[i], folded) == ((found[i >> 6] >> (i & 63) & 1) == 1), $"{string.Join(" / ", written)} in \"{folded}\"");
        }, iter: 20_000);

    [Theory]
    [InlineData("abcd", "013")]
    [InlineData("abce", "12")]
    [InlineData("xbce", "12")]
    [InlineData("abc", "1")]
    [InlineData("ababcd", "013")]
    [InlineData("ce", "2")]
    [InlineData("abbbccdce", "123")]
    [InlineData("ab ce", "24")]
    [InlineData("ab cd", "3")]
    public void Words_that_end_or_go_on_in_one_another_are_all_found(string text, string expected) =>
        Assert.Equal(expected, Found(text, "*abcd*", "*bc*", "*ce*", "*cd*", "*b ce*"));

    [Fact]
    public void Parts_before_gaps_are_told_apart_by_phrase() =>
        Assert.Equal("02", Found("one two four", "one .. two", "three .. two", "two .. four", "four .. two", "one .. two .. three"));

    [Fact]
    public void A_phrase_beyond_the_first_64_is_found_too() =>
        Assert.Equal("6364129", Found("word063 word064 word129", [.. Enumerable.Range(0, 130).Select(n => $"word{n:000}")]));

    private static string Found(string text, params string[] phrases)
    {
        var index = new PhraseIndex([.. phrases.SelectMany(Phrase.Parse)]);
        var found = new ulong[(index.Count + 63) / 64];
        index.Find(FoldedText.Fold(text), found, new RecentEnds[index.ProgressCount]);
        return string.Concat(Enumerable.Range(0, index.Count).Where(i => (found[i >> 6] >> (i & 63) & 1) == 1));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static bool Naive(Phrase phrase, string text)
    {
        HashSet<int>? ends = null;
        foreach (var part in phrase.Parts)
        {
            var next = new HashSet<int>();
            foreach (var words in part)
            {
                for (var start = text.IndexOf(words.Text, StringComparison.Ordinal); start >= 0; start = text.IndexOf(words.Text, start + 1, StringComparison.Ordinal))
                {
                    var end = start + words.Text.Length;
                    if ((words.OpensInWord || start == 0 || !IsInWord(text, start)) && (words.EndsInWord || end == text.Length || !IsInWord(text, end))
                        && (ends is null || ends.Any(e => e <= start && start - e <= Phrase.MaxGap)))
                        next.Add(end);
                }
            }
            ends = next;
        }
        return ends!.Count > 0;
    }

    private static bool IsInWord(string text, int at) => IsWord(text[at - 1]) && IsWord(text[at]);

    private static bool IsWord(char c) => c < '\u2e80' && char.IsLetterOrDigit(c);
}
