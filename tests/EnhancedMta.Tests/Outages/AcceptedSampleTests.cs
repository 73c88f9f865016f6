using CsCheck;
using EnhancedMta.Outages;

namespace EnhancedMta.Tests.Outages;

public sealed class AcceptedSampleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_small_site_is_in_it_whole()
    {
        var sample = new AcceptedSample();
        for (var i = 0; i < 1_000; i++)
            sample.Add(AcceptedSample.Hash($"a{i}@example.com"), Now);
        Assert.True(sample.Covers(AcceptedSample.Hash("stranger@example.com")));
        Assert.False(sample.Contains(AcceptedSample.Hash("stranger@example.com")));
        Assert.All(Enumerable.Range(0, 1_000), i => Assert.True(sample.Contains(AcceptedSample.Hash($"A{i}@Example.com"))));
    }

    [Fact]
    public void Of_a_large_site_each_address_is_either_known_or_not_covered()
    {
        var sample = new AcceptedSample();
        var all = Enumerable.Range(0, 50_000).Select(i => AcceptedSample.Hash($"a{i}@example.com")).ToList();
        all.ForEach(hash => sample.Add(hash, Now));
        Assert.Equal(AcceptedSample.Capacity, sample.Count);
        Assert.All(all, hash => Assert.Equal(sample.Covers(hash), sample.Contains(hash)));
        // A fair share of those that never accepted is covered, too: their absence tells.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => sample.Covers(AcceptedSample.Hash($"b{i}@example.com"))), 900, 1_500);
    }

    [Fact]
    public void Merging_in_any_order_keeps_the_same_addresses() =>
        Gen.Select(Gen.ULong.Array[0, 200], Gen.ULong.Array[0, 200]).Sample((one, other) =>
        {
            var (ab, ba) = (Of(one), Of(other));
            ab.Merge(Of(other));
            ba.Merge(Of(one));
            Assert.Equal(ab.ToBytes(Now), ba.ToBytes(Now));
            Assert.Equal(ab.ToBytes(Now), AcceptedSample.Read(ab.ToBytes(Now)).ToBytes(Now));
        }, iter: 200);

    [Fact]
    public void It_fits_a_property_of_a_table_row_and_forgets_after_four_months()
    {
        var sample = new AcceptedSample();
        for (var i = 0; i < 20_000; i++)
            sample.Add(AcceptedSample.Hash($"a{i}@example.com"), Now);
        Assert.InRange(sample.ToBytes(Now).Length, 1, 64 * 1024);
        Assert.NotEmpty(sample.ToBytes(Now.AddDays(120)));
        Assert.Empty(sample.ToBytes(Now.AddDays(121)));
    }

    [Fact]
    public void An_address_seen_again_within_a_week_is_no_news()
    {
        var sample = new AcceptedSample();
        Assert.True(sample.Add(7, Now));
        Assert.False(sample.Add(7, Now.AddDays(6)));
        Assert.True(sample.Add(7, Now.AddDays(7)));
    }

    private static AcceptedSample Of(ulong[] hashes)
    {
        var sample = new AcceptedSample();
        foreach (var hash in hashes)
            sample.Add(hash, Now);
        return sample;
    }
}
