using EnhancedMta.MxRules;
using EnhancedMta.Providers;
using EnhancedMta.Sites;

namespace EnhancedMta.Tests.MxRules;

public sealed class MxRuleComparisonTests
{
    [Fact]
    public void The_same_rules_change_nothing()
    {
        Assert.Empty(Changes([]));
        // Nor do other words about them.
        Assert.Empty(Changes(["""{ "id": "sfr", "provider": "sfr", "maxConnections": 10, "maxMessagesPerConnection": 100, "connectionsPerMinute": 100, "why": "Said otherwise." }"""]));
    }

    [Fact]
    public void A_provider_of_which_a_part_changes_is_told_by_its_masks()
    {
        var change = Assert.Single(Changes([$$"""{ "id": "ionos", "mx": ["*.ionos.de", "*.ionos.com"], {{Mx.Limits}} }"""]));
        Assert.Equal((MxRulePlace.Provider, "united-internet", "*.ionos.de *.ionos.com"), (change.Place, change.Name, string.Join(' ', change.Mx)));
        Assert.Equal(("united-internet", "ionos", null), (change.From.Id, change.To.Id, change.PublicIds));
    }

    [Fact]
    public void A_range_of_egresses_is_told_apart_from_the_others()
    {
        var changes = Changes([
            $$"""{ "id": "cold", "provider": "google", "publicIds": { "first": 5, "last": 9 }, {{Mx.Limits}} }""",
            $$"""{ "id": "colder", "provider": "google", "publicIds": { "first": 8, "last": 20 }, {{Mx.Limits}} }""",
        ]);
        Assert.Equal([(new PublicIdRange(5, 9), "cold"), (new PublicIdRange(10, 20), "colder")], changes.Select(c => (c.PublicIds!.Value, c.To.Id)));
        Assert.All(changes, c => Assert.Equal(3, c.Mx.Count));
    }

    [Fact]
    public void A_new_generic_rule_changes_every_place_that_no_other_is_for()
    {
        var site = Mx.Site("mx.corp.example");
        var changes = Changes([$$"""{ "id": "generic", {{Mx.Limits}} }"""], site, Mx.Site("mx.google.com"));
        Assert.Contains(changes, c => c.Place == MxRulePlace.Others);
        Assert.Equal(["mx.corp.example", "mx.google.com"], changes.Where(c => c.Place == MxRulePlace.Site).Select(c => c.Name));
        // Google's own limits stay; what it lost are the general triggers.
        var google = changes.Single(c => c is { Place: MxRulePlace.Provider, Name: "google" });
        Assert.Equal((5, 5), (google.From.MaxConnections, google.To.MaxConnections));
        Assert.True(google.To.Triggers.Count < google.From.Triggers.Count);
    }

    [Fact]
    public void A_mask_that_nobody_has_seen_is_told_too_whether_it_comes_or_goes()
    {
        string[] rules = [$$"""{ "id": "client", "mx": "mx*.client.example", {{Mx.Limits}} }"""];
        var change = Assert.Single(Changes(rules));
        Assert.Equal((MxRulePlace.Mx, "mx*.client.example", "generic", "client"), (change.Place, change.Name, change.From.Id, change.To.Id));
        change = Assert.Single(new MxRuleComparison(Mx.Users(rules), MxRuleFile.BuiltIn, ProviderDirectory.BuiltIn).Changes([]));
        Assert.Equal(("client", "generic"), (change.From.Id, change.To.Id));
    }

    private static IReadOnlyList<MxRuleChange> Changes(string[] rules, params Site[] known) =>
        new MxRuleComparison(MxRuleFile.BuiltIn, Mx.Users(rules), ProviderDirectory.BuiltIn).Changes(known);
}
