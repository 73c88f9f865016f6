using EnhancedMta.BounceRules;

namespace EnhancedMta.Tests.BounceRules;

public sealed class PhraseTests
{
    [Theory]
    [InlineData("mailbox full", "The mailbox full of mail", true)]
    [InlineData("mailbox full", "mailboxes full", false)]
    [InlineData("mailbox full", "Mailbox\r\n   FULL.", true)]
    [InlineData("spam*", "a spammer", true)]
    [InlineData("spam*", "antispam", false)]
    [InlineData("*spam", "antispam!", true)]
    [InlineData("*quota*", "overquotatemp", true)]
    [InlineData("(no|unknown) user", "Unknown user", true)]
    [InlineData("(no|unknown) user", "user unknown", false)]
    [InlineData("mailbox (is |)full", "mailbox full", true)]
    [InlineData("mailbox (is |)full", "mailbox is full", true)]
    [InlineData("mailbox (is (very |)|)full", "mailbox is very full", true)]
    [InlineData("user .. unknown", "User ada at example is unknown", true)]
    [InlineData("user .. unknown", "unknown user", false)]
    [InlineData("user .. unknown", "user unknown", true)]
    [InlineData("mailbox .. mailbox full", "mailbox ada: mailbox full", true)]
    [InlineData("boite pleine", "Boîte pleine", true)]
    [InlineData("Boîte pleine", "BOITE PLEINE", true)]
    [InlineData("用户不存在", "该用户不存在。", true)]
    [InlineData("@(>|) unknown", "<ada.full@example.com> unknown", true)]
    [InlineData("full", "full.mailbox@example.com refused", false)]
    [InlineData("(full|empty) .. (box|bag)", "an empty post bag", true)]
    [InlineData("(full|empty) .. (box|bag)", "a box is full", false)]
    [InlineData("(one .. two|three) four", "one and two four", true)]
    [InlineData("(one .. two|three) four", "three four", true)]
    [InlineData("(one .. two|three) four", "one three", false)]
    [InlineData("(one|two (three|four)) five", "two four five", true)]
    [InlineData("(one|two (three|four)) five", "one five", true)]
    [InlineData("(one|two (three|four)) five", "four five", false)]
    [InlineData("(one|two) (three|four)", "two three", true)]
    [InlineData("one* .. *two", "onerous lotwo", true)]
    [InlineData("one .. *two", "onerous lotwo", false)]
    [InlineData("one* .. two", "onerous lotwo", false)]
    [InlineData("spam*", "spam", true)]
    [InlineData("*spam", "spammer", false)]
    [InlineData("box9", "box99", false)]
    [InlineData("-full", "box-full", true)]
    [InlineData("满", "箱满了", true)]
    [InlineData("\u2e80", "a\u2e80b", true)]
    [InlineData("quota", "邮箱quota满", true)]
    public void It_is_found_where_a_reader_finds_it(string phrase, string text, bool found) => Assert.Equal(found, IsFound(phrase, text));

    [Fact]
    public void A_gap_has_room_for_sixty_characters()
    {
        Assert.True(IsFound("user .. unknown", "user" + new string('.', Phrase.MaxGap) + "unknown"));
        Assert.False(IsFound("user .. unknown", "user" + new string('.', Phrase.MaxGap + 1) + "unknown"));
    }

    [Fact]
    public void Two_gaps_are_each_as_wide()
    {
        var gap = new string('-', Phrase.MaxGap - 2);
        Assert.True(IsFound("one .. two .. three", $"one {gap} two {gap} three"));
        Assert.False(IsFound("one .. two .. three", $"one {gap} three {gap} two"));
    }

    [Theory]
    [InlineData("mailbox (full")]
    [InlineData("mailbox full)")]
    [InlineData("a")]
    [InlineData("user .. ")]
    [InlineData(".. unknown")]
    [InlineData("us*er")]
    [InlineData("(a|b) .. (full|)")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*a*")]
    [InlineData("mailbox )full(")]
    [InlineData("mailbox (full))")]
    public void What_finds_nothing_or_everything_is_refused(string phrase) => Assert.Throws<FormatException>(() => Phrase.Parse(phrase));

    [Fact]
    public void Brackets_cannot_be_made_to_fill_the_memory()
    {
        var phrase = string.Concat(Enumerable.Repeat("(aa|bb|cc|dd)", 12));
        Assert.Contains("more than", Assert.Throws<FormatException>(() => Phrase.Parse(phrase)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Phrase.Parse(string.Concat(Enumerable.Repeat("(aa .. bb|cc .. dd)", 12))));
    }

    [Fact]
    public void What_follows_a_gap_is_short_enough_to_look_back_from()
    {
        var longest = new string('x', Phrase.MaxLengthAfterGap);
        Assert.Throws<FormatException>(() => Phrase.Parse($"user .. {longest}x"));
        Assert.Throws<FormatException>(() => Phrase.Parse($"user .. (full|{longest}x)"));
        Assert.True(IsFound($"user .. {longest}", $"user {longest}"));
        // Before a gap it may be as long as one likes.
        Assert.True(IsFound($"{longest}xx .. user", $"{longest}xx user"));
    }

    [Fact]
    public void A_phrase_that_is_quoted_in_a_fault_is_cut_after_eighty_characters()
    {
        var eighty = new string('x', 80);
        Assert.Equal(eighty, Phrase.Short(eighty));
        Assert.Equal(eighty[1..] + "…", Phrase.Short(eighty + "y"));
    }

    [Fact]
    public void Two_ways_to_the_same_words_are_one() => Assert.Single(Assert.Single(Assert.Single(Phrase.Parse("mailbox (full|full)")).Parts));

    internal static bool IsFound(string phrase, string text)
    {
        var index = new PhraseIndex(Phrase.Parse(phrase));
        Span<ulong> found = stackalloc ulong[(index.Count + 63) / 64];
        index.Find(FoldedText.Fold(text), found, new RecentEnds[index.ProgressCount]);
        return found.ContainsAnyExcept(0UL);
    }
}
