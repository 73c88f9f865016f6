using EnhancedMta.Egresses;

namespace EnhancedMta.Tests.Egresses;

public sealed class EgressChoiceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly Func<Egress, DateTimeOffset?> NoneAside = _ => null;

    [Fact]
    public void Weights_are_shares()
    {
        const int Messages = 60_000;
        var choice = Choice(Egress(1) with { Weight = 1 }, Egress(2) with { Weight = 2 }, Egress(3) with { Weight = 3 });
        var counts = Enumerable.Range(0, Messages).Select(_ => Chosen(choice.Choose("example.org", null, NoneAside))).CountBy(id => id).ToDictionary();
        // Four standard deviations of the binomial distribution.
        foreach (var (id, count) in counts)
        {
            var share = id / 6.0;
            Assert.InRange(count, Messages * share - 4 * Deviation(share), Messages * share + 4 * Deviation(share));
        }
        static double Deviation(double share) => Math.Sqrt(Messages * share * (1 - share));
    }

    [Theory]
    [InlineData("example.org", new[] { 1, 4 })]
    [InlineData("wanadoo.fr", new[] { 1, 2, 4 })]
    [InlineData("yahoo.co.uk", new[] { 1, 2 })]
    [InlineData("mail.neo.example", new[] { 1, 4 })]
    [InlineData("reserved.example", new[] { 1, 3, 4 })]
    public void Domains_choose_among_those_that_are_for_them(string domain, int[] expected)
    {
        var choice = Choice(
            Egress(1),
            Egress(2) with { IncludeDomains = DomainMasks.Parse("wanadoo.fr, yahoo.*"), ExcludeDomains = DomainMasks.Parse("yahoo.com") },
            Egress(3) with { IncludeDomains = DomainMasks.Parse("RESERVED.example") },
            Egress(4) with { ExcludeDomains = DomainMasks.Parse("yahoo.*") });
        Assert.Equal(expected, Enumerable.Range(0, 200).Select(_ => Chosen(choice.Choose(domain, null, NoneAside))).Distinct().Order());
    }

    [Fact]
    public void A_greylisted_message_keeps_its_egress_whatever_the_weights()
    {
        var choice = Choice(Egress(1) with { Weight = 1000 }, Egress(2) with { Weight = 1 });
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(2, Chosen(choice.Choose("example.org", 2, NoneAside))));
    }

    [Fact]
    public void It_takes_another_when_its_own_is_gone_not_for_the_domain_or_set_aside()
    {
        var choice = Choice(Egress(1), Egress(2) with { ExcludeDomains = DomainMasks.Parse("example.org") });
        Assert.Equal(1, Chosen(choice.Choose("example.org", 7, NoneAside)));
        Assert.Equal(1, Chosen(choice.Choose("example.org", 2, NoneAside)));
        Assert.Equal(1, Chosen(choice.Choose("example.net", 2, egress => egress.PublicId == 2 ? Noon : null)));
    }

    [Fact]
    public void What_is_set_aside_is_passed_over_and_the_earliest_end_is_told_when_all_are()
    {
        var choice = Choice(Egress(1), Egress(2), Egress(3));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(3, Chosen(choice.Choose("example.org", null, egress => egress.PublicId < 3 ? Noon : null))));
        var aside = Assert.IsType<EgressPick.AllAside>(choice.Choose("example.org", null, egress => Noon.AddMinutes(Math.Abs(egress.PublicId - 2))));
        Assert.Equal((2, Noon), (aside.Soonest.PublicId, aside.Until));
    }

    [Fact]
    public void A_domain_that_none_is_for_is_told_apart()
    {
        var choice = Choice(Egress(1) with { ExcludeDomains = DomainMasks.Parse("*.example") });
        Assert.IsType<EgressPick.NoneAllowed>(choice.Choose("a.example", 1, NoneAside));
    }

    private static EgressChoice Choice(params Egress[] egresses) => new(egresses, new Random(4));

    private static Egress Egress(int id) => new(id, $"mta{id}.example.com", null);

    private static int Chosen(EgressPick pick) => Assert.IsType<EgressPick.Chosen>(pick).Egress.PublicId;
}
