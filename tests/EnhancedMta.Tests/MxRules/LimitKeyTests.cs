using EnhancedMta.MxRules;

namespace EnhancedMta.Tests.MxRules;

public sealed class LimitKeyTests
{
    private static readonly MxRule Rule = new() { Id = "google", MaxConnections = 1, MaxMessagesPerConnection = 1 };

    [Fact]
    public void Egresses_and_sites_have_limits_of_their_own_unless_they_share()
    {
        var (one, other) = (Mx.Site("mx1.example"), Mx.Site("mx2.example"));
        Assert.Equal($"7~{one.Key}", LimitKey.Of(Rule, one, 7));
        Assert.Distinct([LimitKey.Of(Rule, one, 7), LimitKey.Of(Rule, other, 7), LimitKey.Of(Rule, one, 8)]);

        var wide = Rule with { Scope = LimitScope.Rule };
        Assert.Equal(("7~rule~google", "7~rule~google", "8~rule~google"), (LimitKey.Of(wide, one, 7), LimitKey.Of(wide, other, 7), LimitKey.Of(wide, one, 8)));

        var shared = Rule with { Shared = true };
        Assert.Equal(($"shared~{one.Key}", $"shared~{one.Key}"), (LimitKey.Of(shared, one, 7), LimitKey.Of(shared, one, 8)));
        Assert.Equal("shared~rule~google", LimitKey.Of(shared with { Scope = LimitScope.Rule }, one, 7));
    }

    [Fact]
    public void Two_ranges_that_share_do_not_share_with_each_other()
    {
        var site = Mx.Site("mx1.example");
        var (low, high) = (Rule with { Shared = true, PublicIds = new PublicIdRange(1, 9) }, Rule with { Shared = true, PublicIds = new PublicIdRange(10, 19) });
        Assert.Equal(($"shared.1-9~{site.Key}", $"shared.10-19~{site.Key}"), (LimitKey.Of(low, site, 1), LimitKey.Of(high, site, 10)));
    }

    [Fact]
    public void Rules_that_change_hands_leave_a_sites_key_as_it_is() =>
        Assert.Equal(LimitKey.Of(Rule, Mx.Site("mx1.example"), 7), LimitKey.Of(Rule with { Id = "other", MaxConnections = 9 }, Mx.Site("mx1.example"), 7));

    [Fact]
    public void The_longest_is_short_and_all_are_legal_in_tables()
    {
        var longest = LimitKey.Of(new MxRule { Id = new string('x', 64), Scope = LimitScope.Rule, Shared = true, PublicIds = new PublicIdRange(1_000_000_000, int.MaxValue), MaxConnections = 1, MaxMessagesPerConnection = 1 }, Mx.Site("mx"), int.MaxValue);
        Assert.InRange(longest.Length, 90, 100);
        // Table Storage refuses / \ # ? and control characters in keys; % and + trouble some clients.
        Assert.All(MxRuleFile.BuiltIn.Rules.Select(rule => LimitKey.Of(rule, Mx.Site("mx"), 1)).Append(longest), key => Assert.Matches("^[a-z0-9.~-]+$", key));
    }
}
