using EnhancedMta.Feedback;

namespace EnhancedMta.Tests.Feedback;

public sealed class FeedEventIdTests
{
    private static readonly FeedEventId[] Ascending =
    [
        FeedEventId.Start, new(1, 0, 1, 1), new(1, 0, 1, 2), new(1, 0, 2, 1), FeedEventId.EndOf(1, 0, 2), new(1, 15, 1, 1), FeedEventId.EndOf(1),
        new(2, 0, 3, 1), new(10, 3, 999_999_999, 96), new(999_999_999_999, 0, 1, 1),
    ];

    [Fact]
    public void Ids_compare_as_their_texts_do_and_read_back()
    {
        Assert.Equal(Ascending, Ascending.Reverse().Order());
        Assert.Equal(Ascending.Select(id => id.ToString()), Ascending.Select(id => id.ToString()).Reverse().Order(StringComparer.Ordinal));
        Assert.All(Ascending, id => Assert.True(FeedEventId.TryParse(id.ToString(), out var read) && read == id));
        Assert.All(Ascending, id => Assert.True(FeedCursor.TryDecode(FeedCursor.Encode(id), out var read) && read == id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1-1-1-1")]
    [InlineData("000000000001-000-000000001-00x")]
    [InlineData("-00000000001-000-000000001-001")]
    [InlineData("000000000001-000-000000001-001-000")]
    public void Other_texts_are_no_ids(string text) => Assert.False(FeedEventId.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("Zm9v")]
    [InlineData("Mg==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Other_texts_are_no_cursors(string text) => Assert.False(FeedCursor.TryDecode(text, out _));

    [Fact]
    public void A_cursor_of_another_kind_is_none_of_ours() =>
        Assert.False(FeedCursor.TryDecode(System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.ASCII.GetBytes("2" + new FeedEventId(1, 0, 1, 1))), out _));
}
