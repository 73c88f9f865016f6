using EnhancedMta.MxRules;
using EnhancedMta.Sites;

namespace EnhancedMta.Tests.MxRules;

public sealed class MxRuleSetTests
{
    private static readonly string Vip = $$"""{ "id": "vip", "mx": ["mx?.vip.example", "*.backup.example"], {{Mx.Limits}} }""";

    [Theory]
    [InlineData("google", "aspmx.l.google.com", "alt1.aspmx.l.google.com")]
    [InlineData("microsoft-consumer", "hotmail-com.olc.protection.outlook.com")]
    [InlineData("microsoft-365", "client-example.mail.protection.outlook.com")]
    [InlineData("microsoft-365", "client-example.a1b2.mx.microsoft")]
    [InlineData("yahoo", "mta5.am0.yahoodns.net", "mta6.am0.yahoodns.net")]
    [InlineData("gmx", "mx00.gmx.net", "mx01.gmx.net")]
    [InlineData("gmx", "mx-ha02.web.de")]
    [InlineData("united-internet", "mx00.ionos.de")]
    [InlineData("netvigator", "imsva1.netvigator.com")]
    [InlineData("generic", "mx.corp.example")]
    // A host of somebody else's among them: its limits are not the provider's.
    [InlineData("generic", "aspmx.l.google.com", "mx.corp.example")]
    [InlineData("generic", "aspmx.l.google.com", "mx00.gmx.net")]
    // No provider's, although the name ends alike.
    [InlineData("generic", "notgoogle.com")]
    [InlineData("generic", "google.com.evil.example")]
    public void Ours_are_found_by_all_hosts_of_a_site(string id, params string[] hosts) => Assert.Equal(id, MxRuleFile.BuiltIn.Find(Mx.Site(hosts), 1).Id);

    [Fact]
    public void Masks_are_matched_whatever_the_case_and_a_question_mark_is_one_character()
    {
        var set = Mx.Users(Vip);
        Assert.Equal("vip", set.Find(Mx.Site("mx1.vip.example", "MX2.Vip.example", "a.b.backup.example"), 1).Id);
        Assert.Equal("generic", set.Find(Mx.Site("mx10.vip.example"), 1).Id);
        Assert.Equal("generic", set.Find(Mx.Site("mx1.vip.example", "mx.other.example"), 1).Id);
    }

    [Fact]
    public void The_first_that_applies_holds_and_a_range_leaves_other_egresses_to_the_next()
    {
        var set = Mx.Users(
            $$"""{ "id": "new", "mx": "*.vip.example", "publicIds": { "first": 10, "last": 19 }, {{Mx.Limits}} }""",
            $$"""{ "id": "newest", "publicIds": { "first": 15, "last": 29 }, {{Mx.Limits}} }""",
            Vip);
        var site = Mx.Site("mx1.vip.example");
        Assert.Equal("vip new new newest vip", string.Join(' ', new[] { 9, 10, 19, 20, 30 }.Select(id => set.Find(site, id).Id)));
        Assert.Equal("google newest", string.Join(' ', new[] { 1, 15 }.Select(id => set.Find(Mx.Site("mx.google.com"), id).Id)));
    }

    [Fact]
    public void A_routed_site_is_found_by_its_names_and_addresses()
    {
        var set = Mx.Users($$"""{ "id": "lab", "mx": ["127.0.0.1", "*.lab.example", "::1"], {{Mx.Limits}} }""");
        var routes = MxRoutes.Parse([new("a.example", "127.0.0.1:2525"), new("b.example", "mx.lab.example,[::1]:2525"), new("c.example", "smtp.google.com")]);
        Assert.Equal("lab lab google", string.Join(' ', new[] { "a.example", "b.example", "c.example" }.Select(domain => set.Find(routes.Find(domain)!, 1).Id)));
    }

    [Fact]
    public void A_users_rule_stands_before_ours_or_in_the_place_of_one()
    {
        var set = Mx.Users(
            $$"""{ "id": "google", "provider": "google", {{Mx.Limits}} }""",
            $$"""{ "id": "warm", "provider": "google", "publicIds": { "first": 1, "last": 4 }, {{Mx.Limits}} }""",
            $$"""{ "id": "generic", {{Mx.Limits}} }""");
        Assert.Equal(MxRuleFile.BuiltIn.Rules.Select(r => r.Id).Prepend("warm"), set.Rules.Select(r => r.Id));
        Assert.Equal(["generic", "google", "warm"], set.Users.Order(StringComparer.Ordinal));
        Assert.Equal((8, 8), (set.Find(Mx.Site("mx.google.com"), 7).MaxConnections, set.Find(Mx.Site("mx.corp.example"), 7).MaxConnections));
        Assert.Equal(5, MxRuleFile.BuiltIn.Find(Mx.Site("mx.google.com"), 7).MaxConnections);
    }

    [Fact]
    public void The_generic_rule_stays_for_all()
    {
        Assert.Contains("line 2, rule \"generic\": is for every site", Assert.Single(Mx.Faults($$"""{ "id": "generic", "mx": "*.example", {{Mx.Limits}} }""")), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MxRuleSet([new MxRule { Id = "x", MxMasks = ["a"], MaxConnections = 1, MaxMessagesPerConnection = 1 }], "v", Providers.ProviderDirectory.BuiltIn));
    }

    [Fact]
    public void The_version_changes_with_any_octet()
    {
        Assert.Matches("^[0-9a-f]{12}$", MxRuleFile.BuiltIn.Version);
        Assert.Distinct([MxRuleFile.BuiltIn.Version, Mx.Users(Vip).Version, Mx.Users(Vip.Replace("vip", "v1p", StringComparison.Ordinal)).Version]);
        Assert.Equal(Mx.Users(Vip).Version, Mx.Users(Vip).Version);
    }

    [Fact]
    public void More_sites_than_are_remembered_are_found_all_the_same()
    {
        var set = new MxRuleSet(Mx.Users(Vip).Rules, "v", Providers.ProviderDirectory.BuiltIn) { MaxKnown = 100 };
        Assert.Equal("vip", set.Find(Mx.Site("mx1.vip.example"), 1).Id);
        for (var i = 0; i < 250; i++)
            set.Find(new Site($"key{i}", "x", [new MxHost("mx.corp.example", 0, 25)]), 1);
        Assert.Equal("vip", set.Find(Mx.Site("mx1.vip.example"), 1).Id);
    }
}
