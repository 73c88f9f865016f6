using EnhancedMta.MxRules;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.MxRules;

public sealed class TriggerTests
{
    private static readonly MxRule Rule = Mx.Rule($$"""
        { "id": "mine", {{Mx.Limits}}, "triggers": [
          { "id": "own", "pattern": "^421 4\\.7\\.0 too many connections from you", "action": "connections", "value": 2, "duration": "PT1H", "samples": ["421 4.7.0 Too many connections from you"] },
          { "id": "also", "pattern": "from you", "action": "suspend", "duration": "PT1H", "samples": ["421 4.7.0 Too many connections from you"] },
          { "id": "too-fast", "pattern": "much too fast", "action": "suspend", "duration": "PT1H", "samples": ["421 Much too fast"] }
        ] }
        """);

    [Fact]
    public void All_own_triggers_that_match_apply_and_the_general_ones_only_when_none_does()
    {
        Assert.Equal("own also", Rule.Fired("421 4.7.0 Too many connections from you"));
        Assert.Equal("too-many-connections", Rule.Fired("421 4.7.0 Too many connections from everybody"));
        Assert.Equal("", Rule.Fired("421 4.7.0 Shutting down"));
    }

    [Fact]
    public void An_own_trigger_takes_the_place_of_the_general_one_with_its_id()
    {
        Assert.Equal("too-fast", Rule.Fired("421 Much too fast"));
        Assert.Equal("", Rule.Fired("450 4.7.0 Rate limited: 192.0.2.7"));
        Assert.Equal("too-fast", MxRuleFile.BuiltIn.Rules[^1].Fired("450 4.7.0 Rate limited: 192.0.2.7"));
    }

    [Fact]
    public void A_users_generic_rule_sets_the_general_triggers_of_ours()
    {
        var set = Mx.Users($$"""{ "id": "generic", {{Mx.Limits}}, "triggers": [{ "id": "mine", "pattern": "not now", "action": "suspend", "duration": "PT1H", "samples": ["421 Not now"] }] }""");
        var kpn = set.Rules.Single(r => r.Id == "kpn");
        Assert.Equal(("mine", ""), (kpn.Fired("421 Not now"), kpn.Fired("421 Too many connections")));
    }

    [Fact]
    public void Only_refusals_set_off_anything()
    {
        Assert.Empty(Rule.TriggersFor(new SmtpReply(250, null, "2.0.0 taken from you", SmtpCommand.Unknown)));
        Assert.Empty(Rule.TriggersFor(new SmtpReply(0, null, "much too fast", SmtpCommand.Unknown)));
        Assert.Single(Rule.TriggersFor(new SmtpReply(554, null, "much too fast", SmtpCommand.Greeting)));
    }

    [Theory]
    [InlineData("421-4.7.0 Too many\n421-4.7.0 connections\n421 4.7.0 from you", "421 4.7.0 too many connections from you")]
    [InlineData("421-4.7.0 Too many\n421 4.7.1 connections", "421 4.7.0 too many 4.7.1 connections")]
    [InlineData("421-First\n421-\n421 Second", "421 first second")]
    [InlineData("550 Service refusé, <ada@example.com>!", "550 service refuse, <@>!")]
    public void Lines_are_one_and_an_address_is_no_word(string reply, string text)
    {
        var lines = reply.Split('\n').Select(line => line[4..]).ToList();
        EnhancedStatusCode? status = EnhancedStatusCode.TryParse(lines[0], out var code) ? code : null;
        Assert.Equal(text, TriggerText.Of(new SmtpReply(int.Parse(reply[..3], null), status, string.Join('\n', lines), SmtpCommand.Unknown)));
    }
}
