using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.IntegrationTests.SmartSink;

public sealed class PersonaTests
{
    private static readonly RecipientRule Unknown = new("unknown", new(550, "5.1.1", "nobody")) { Percent = 10, Prefix = "unknown-" };
    private static readonly RecipientRule Full = new("full", new(552, "5.2.2", "full")) { Percent = 25 };
    private static readonly Persona Provider = new("test", "mx.test.example", ["test.example"]) { Rules = [Unknown, Full] };

    [Fact]
    public void A_share_of_recipients_meets_each_rule()
    {
        var met = Enumerable.Range(0, 10_000).Select(n => Provider.RuleFor($"person{n}@test.example")).CountBy(rule => rule?.Name ?? "none").ToDictionary();

        Assert.InRange(met["unknown"], 900, 1_100);
        Assert.InRange(met["full"], 2_350, 2_650);
        Assert.InRange(met["none"], 6_300, 6_700);
    }

    [Fact]
    public void The_same_address_meets_the_same_rule_on_every_machine()
    {
        string[] met = [.. Enumerable.Range(0, 100).Where(n => Provider.RuleFor($"person{n}@test.example") == Unknown).Select(n => $"person{n}")];

        Assert.Equal(["person9", "person10", "person17", "person26", "person38"], met.Take(5));
        Assert.Equal(Provider.RuleFor("person9@test.example"), Provider.RuleFor("Person9@TEST.example"));
    }

    [Fact]
    public void A_local_part_that_says_so_always_meets_its_rule() =>
        Assert.All(Enumerable.Range(0, 100), n => Assert.Equal(Unknown, Provider.RuleFor($"Unknown-{n}@test.example")));
}
