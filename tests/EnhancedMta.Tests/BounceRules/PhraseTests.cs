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
    public void What_finds_nothing_or_everything_is_refused(string phrase) => Assert.Throws<FormatException>(() => Phrase.Parse(phrase));

    [Fact]
    public void Brackets_cannot_be_made_to_fill_the_memory()
    {
        var phrase = string.Concat(Enumerable.Repeat("(aa|bb|cc|dd)", 12));
        Assert.Contains("more than", Assert.Throws<FormatException>(() => Phrase.Parse(phrase)).Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => Phrase.Parse(string.Concat(Enumerable.Repeat("(aa .. bb|cc .. dd)", 12))));
    }

    [Fact]
    public void What_follows_a_gap_is_short_enough_to_look_back_from() =>
        Assert.Throws<FormatException>(() => Phrase.Parse("user .. " + new string('x', Phrase.MaxLengthAfterGap + 1)));

    internal static bool IsFound(string phrase, string text)
    {
        var index = new PhraseIndex(Phrase.Parse(phrase));
        Span<ulong> found = stackalloc ulong[(index.Count + 63) / 64];
        index.Find(FoldedText.Fold(text), found, new RecentEnds[index.ProgressCount]);
        return found.ContainsAnyExcept(0UL);
    }
}
