using EnhancedMta.Batches;
using EnhancedMta.Packs;

namespace EnhancedMta.Tests.Packs;

/// <summary>Retention and erasure read a pack's time from its name.</summary>
public sealed class PackNamesTests
{
    [Fact]
    public void A_packs_name_tells_when_it_was_made()
    {
        var time = new DateTimeOffset(2026, 11, 24, 9, 0, 0, 123, TimeSpan.Zero);
        var name = PackStore.Name("d", Batch.NewId(time));
        Assert.Equal(time, PackStore.TimeOf(name));
        Assert.StartsWith(PackStore.PrefixOf("d", time), name, StringComparison.Ordinal);
        Assert.False(name.StartsWith(PackStore.PrefixOf("d", time.AddMilliseconds(1)), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("d/not-ours")]
    [InlineData("d/")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void Other_names_tell_none(string name) => Assert.Null(PackStore.TimeOf(name));
}
