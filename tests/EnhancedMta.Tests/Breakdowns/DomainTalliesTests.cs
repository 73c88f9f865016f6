using CsCheck;
using EnhancedMta.Breakdowns;
using EnhancedMta.Kpis.Domains;

namespace EnhancedMta.Tests.Breakdowns;

public sealed class DomainTalliesTests
{
    [Fact]
    public void Octets_give_back_the_tallies_that_they_were_made_of()
    {
        var tally = Gen.Select(Gen.Long[-5, 5_000_000_000], Gen.Long[-5, 96], Gen.Long[-5, 96], Gen.Long[-96, 96], Gen.Long[0, 300]).Select((a, b, c, d, e) => new MessageTally(a, b, c, d, e));
        Gen.Select(Gen.Int[0, 40].Select(n => $"domain{n}.example"), Gen.Int[0, 2].Select(n => n == 0 ? null : $"provider{n}"), tally).List[0, 96].Sample(changes =>
        {
            var tallies = new DomainTallies();
            foreach (var (domain, provider, counts) in changes)
                tallies.Add(domain, provider, counts);
            Assert.Equal(tallies.Domains.Where(d => d.Value.Counts != default), DomainTallies.Parse(tallies.ToBytes()).Where(d => d.Tally.Counts != default).Select(d => KeyValuePair.Create(d.Domain, d.Tally)));
        });
        Assert.Empty(DomainTallies.Parse(null));
    }

    [Fact]
    public void A_domain_keeps_its_provider_until_another_is_told()
    {
        var tallies = new DomainTallies();
        tallies.Add("a.example", null, default);
        Assert.Empty(tallies.Domains);
        tallies.Add("a.example", "google", new MessageTally(1, 0, 0, 0, 0));
        tallies.Add("a.example", null, new MessageTally(0, 1, 0, 0, 0));
        Assert.Equal(new DomainTally("google", new MessageTally(1, 1, 0, 0, 0)), tallies.Domains["a.example"]);
        tallies.Add("a.example", "orange", new MessageTally(0, 0, 0, 0, 1));
        Assert.Equal("orange", tallies.Domains["a.example"].Provider);
    }

    [Fact]
    public void A_page_has_the_sum_of_its_changes_and_no_column_without_any()
    {
        var (one, other) = (new DomainTallies(), new DomainTallies());
        one.Add("a.example", "google", new MessageTally(1, 0, 0, 0, 0));
        other.Add("a.example", null, new MessageTally(0, 1, 0, 0, 0));
        other.Add("b.example", null, new MessageTally(2, 0, 0, 0, 0));
        var page = new Azure.Data.Tables.TableEntity("d", "p");
        DomainTallies.Write(page, [new DomainTallies()]);
        Assert.Empty(DomainTallies.Read(page));
        Assert.False(page.ContainsKey("Domains"));
        DomainTallies.Write(page, [one, other]);
        Assert.Equal([("a.example", new DomainTally("google", new(1, 1, 0, 0, 0))), ("b.example", new DomainTally(null, new(2, 0, 0, 0, 0)))], DomainTallies.Read(page));
        Assert.Empty(DomainTallies.Parse([]));
    }

    [Fact]
    public void A_row_of_domains_that_is_full_counts_further_ones_together()
    {
        var bucket = new DomainBucket(3, FeedCursor.None);
        const int Domains = 60_000;
        for (var n = 0; n < Domains; n++)
            bucket.Add($"a-rather-long-name-{n}.example", new DomainTally("others", new MessageTally(2, 1, 0, 0, 0)));
        // Known ones still count by themselves.
        bucket.Add("a-rather-long-name-0.example", new DomainTally(null, new MessageTally(0, 1, 0, 0, 0)));

        Assert.Equal(2 * Domains, bucket.Domains.Sum(d => d.Value.Counts.Relayed));
        var named = bucket.Domains.Count(d => d.Key.Length > 0);
        Assert.InRange(named, 10_000, Domains - 1);
        var ranking = DomainRanking.Of([bucket], FeedCursor.None, DateTimeOffset.UnixEpoch, default);
        Assert.Equal(("a-rather-long-name-0.example", 50, 2 * Domains), (ranking.Top.MaxBy(d => d.Tally.Counts.Delivered).Domain, ranking.Top.Count, ranking.All.Relayed));

        // An entity holds 1 MiB, a property 64 KiB.
        var row = (Azure.Data.Tables.TableEntity)bucket.ToAction("d").Entity;
        Assert.InRange(row.Select(p => p.Value).OfType<byte[]>().Sum(b => b.Length), 1, 900 * 1024);
        Assert.All(row.Select(p => p.Value).OfType<byte[]>(), part => Assert.InRange(part.Length, 0, 64 * 1024));
        var read = DomainBucket.Read(row)!;
        Assert.Equal(bucket.Domains.OrderBy(d => d.Key, StringComparer.Ordinal), read.Domains.OrderBy(d => d.Key, StringComparer.Ordinal));
        Assert.False(read.IsChanged);
    }
}
