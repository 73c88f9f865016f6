using EnhancedMta.MxRules;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.MxRules;

public sealed class MxRuleReaderTests
{
    [Fact]
    public void All_that_a_rule_may_say_is_read()
    {
        var rule = Mx.Rule("""
            { "id": "mine", "mx": ["*.Example.com", "mx?.example.net."], "publicIds": { "first": 3, "last": 9 }, "scope": "rule", "shared": true,
              "maxConnections": 8, "maxMessagesPerConnection": 10, "messagesPerHour": 6000, "connectionsPerMinute": 30, "minConnections": 2, "minMessagesPerHour": 120,
              "timeouts": { "connect": "PT20S", "data": "PT5M", "other": "PT1M30S" }, "tls": "verified", "why": "Their postmaster said so.",
              "triggers": [
                { "id": "busy", "pattern": "too busy", "count": 4, "within": "PT30M", "action": "rate", "factor": 0.25, "duration": "P1DT2H", "samples": ["421 We are too busy"] },
                { "id": "full", "pattern": ["no room", "^450 .*no space"], "action": "connections", "value": 3, "duration": "PT10M", "samples": ["421 No room", "450 4.3.1 No space left"], "why": "x" },
                { "id": "off", "pattern": "go away", "action": "suspend", "duration": "PT1H", "samples": "554 Go away" }
              ] }
            """);

        Assert.Equal(["*.example.com", "mx?.example.net"], rule.MxMasks);
        Assert.Equal((new PublicIdRange(3, 9), LimitScope.Rule, true, TlsLevel.Verified), (rule.PublicIds!.Value, rule.Scope, rule.Shared, rule.Tls));
        Assert.Equal((8, 10, 6000, 30, 2, 120), (rule.MaxConnections, rule.MaxMessagesPerConnection, rule.MessagesPerHour, rule.ConnectionsPerMinute, rule.MinConnections, rule.MinMessagesPerHour));
        Assert.Equal((20, 300, 300, 90), (rule.Timeouts.Connect.TotalSeconds, rule.Timeouts.DataBlock.TotalSeconds, rule.Timeouts.EndOfData.TotalSeconds, rule.Timeouts.Command.TotalSeconds));
        var (busy, full, off) = (rule.Triggers[0], rule.Triggers[1], rule.Triggers[2]);
        Assert.Equal((4, TimeSpan.FromMinutes(30), TriggerAction.Rate, 0.25, true, TimeSpan.FromHours(26)), (busy.Count, busy.Within, busy.Action, busy.Value, busy.IsShare, busy.Duration));
        Assert.Equal((1, TriggerAction.Connections, 3, false), (full.Count, full.Action, full.Value, full.IsShare));
        Assert.Equal((TriggerAction.Suspend, 0), (off.Action, off.Value));
        Assert.All(rule.Triggers.Skip(3), general => Assert.True(general.IsGeneral));
    }

    [Fact]
    public void What_is_left_out_has_the_usual_value()
    {
        var rule = Mx.Rule($$"""{ "id": "mine", {{Mx.Limits}} }""");
        Assert.Equal(new MxRule { Id = "mine", MaxConnections = 8, MaxMessagesPerConnection = 10 }, rule with { Triggers = [], MxMasks = [] });
        // A floor above the limit would be none.
        Assert.Equal(24, Mx.Rule($$"""{ "id": "mine", {{Mx.Limits}}, "messagesPerHour": 24 }""").MinMessagesPerHour);
    }

    [Theory]
    [InlineData("""{ "id": "Mine", LIMITS }""", "the id must be")]
    [InlineData("""{ LIMITS }""", "rule no. 1: \"id\" is missing")]
    [InlineData("""{ "id": "x", LIMITS, "maxConections": 3 }""", "\"maxConections\" is not known; known are id, mx,")]
    [InlineData("""{ "id": "x", LIMITS, "maxConnections": 3 }""", "\"maxConnections\" stands there twice")]
    [InlineData("""{ "id": "x", "maxMessagesPerConnection": 3 }""", "\"maxConnections\" is missing")]
    [InlineData("""{ "id": "x", "maxConnections": 3 }""", "\"maxMessagesPerConnection\" is missing")]
    [InlineData("""{ "id": "x", "maxConnections": 0, "maxMessagesPerConnection": 3 }""", "\"maxConnections\" must be from 1 to 1000")]
    [InlineData("""{ "id": "x", "maxConnections": "3", "maxMessagesPerConnection": 3 }""", "\"maxConnections\" must be a whole number")]
    [InlineData("""{ "id": "x", "maxConnections": 3.5, "maxMessagesPerConnection": 3 }""", "\"maxConnections\" must be a whole number")]
    [InlineData("""{ "id": "x", LIMITS, "messagesPerHour": 11 }""", "\"messagesPerHour\" must be from 12 to")]
    [InlineData("""{ "id": "x", LIMITS, "messagesPerHour": 100, "minMessagesPerHour": 200 }""", "\"minMessagesPerHour\" must not be above")]
    [InlineData("""{ "id": "x", LIMITS, "minConnections": 9 }""", "\"minConnections\" must not be above")]
    [InlineData("""{ "id": "x", LIMITS, "mx": "*.example.com", "provider": "google" }""", "give mx or provider, not both")]
    [InlineData("""{ "id": "x", LIMITS, "mx": [] }""", "\"mx\" must have 1 to 200 masks")]
    [InlineData("""{ "id": "x", LIMITS, "mx": "mail.bücher.example" }""", "A-labels")]
    [InlineData("""{ "id": "x", LIMITS, "mx": "a b.example" }""", "is no host name")]
    [InlineData("""{ "id": "x", LIMITS, "provider": "gogle" }""", "provider \"gogle\" is not known; known are ")]
    [InlineData("""{ "id": "x", LIMITS, "publicIds": "1-9" }""", "must be an object in publicIds")]
    [InlineData("""{ "id": "x", LIMITS, "publicIds": { "first": 9, "last": 1 } }""", "\"first\" must not be above \"last\"")]
    [InlineData("""{ "id": "x", LIMITS, "publicIds": { "first": 9 } }""", "\"last\" is missing")]
    [InlineData("""{ "id": "x", LIMITS, "scope": "all" }""", "scope \"all\" is not known; known are site, rule")]
    [InlineData("""{ "id": "x", LIMITS, "tls": "must" }""", "tls \"must\" is not known; known are off, opportunistic, required, verified")]
    [InlineData("""{ "id": "x", LIMITS, "shared": "yes" }""", "\"shared\" must be true or false")]
    [InlineData("""{ "id": "x", LIMITS, "timeouts": { "connect": 30 } }""", "\"connect\" must be text")]
    [InlineData("""{ "id": "x", LIMITS, "timeouts": { "connect": "30s" } }""", "\"connect\" must be an ISO 8601 duration such as PT30S")]
    [InlineData("""{ "id": "x", LIMITS, "timeouts": { "connect": "P1M" } }""", "\"connect\" must be an ISO 8601 duration")]
    [InlineData("""{ "id": "x", LIMITS, "timeouts": { "data": "PT10S" } }""", "\"data\" must be from PT1M to PT30M")]
    [InlineData("""{ "id": "x", LIMITS, "timeouts": { "greeting": "PT10S" } }""", "\"greeting\" is not known in timeouts; known are connect, data, other")]
    [InlineData("""{ "id": "x", LIMITS, "why": "" }""", "\"why\" must be text")]
    [InlineData("\"x\"", "must be an object")]
    public void A_rule_with_a_fault_is_refused_by_line_and_id(string rule, string fault)
    {
        var faults = Mx.Faults($$"""{ "id": "good", "mx": "good.example", {{Mx.Limits}} }""", rule.Replace("LIMITS", Mx.Limits, StringComparison.Ordinal));
        Assert.StartsWith("line 3, rule ", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Contains(fault.Replace("rule no. 1", "rule no. 2", StringComparison.Ordinal), faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "slow", "duration": "PT1H", "samples": ["421 busy"] }""", "action \"slow\" is not known; known are suspend, rate, connections, messagesPerConnection")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "value": 3, "duration": "PT1H", "samples": ["421 busy"] }""", "a suspension has neither")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "rate", "duration": "PT1H", "samples": ["421 busy"] }""", "give one of \"value\" and \"factor\"")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "rate", "value": 100, "factor": 0.5, "duration": "PT1H", "samples": ["421 busy"] }""", "give one of")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "rate", "factor": 1, "duration": "PT1H", "samples": ["421 busy"] }""", "\"factor\" must be a number between 0 and 1")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "rate", "value": 30, "duration": "PT1H", "samples": ["421 busy"] }""", "below the rule's least, which is 60")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "connections", "value": 8, "duration": "PT1H", "samples": ["421 busy"] }""", "not below the rule's limit, which is 8")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "messagesPerConnection", "value": 10, "duration": "PT1H", "samples": ["421 busy"] }""", "not below the rule's limit, which is 10")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "samples": ["421 busy"] }""", "\"duration\" is missing")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "duration": "PT10S", "samples": ["421 busy"] }""", "\"duration\" must be from PT1M to P7D")]
    [InlineData("""{ "id": "t", "pattern": "busy", "count": 3, "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"within\" is missing")]
    [InlineData("""{ "id": "t", "pattern": "busy", "within": "PT1H", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"within\" means nothing without a \"count\"")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "duration": "PT1H" }""", "\"samples\" must be 1 to 20")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "duration": "PT1H", "samples": ["421 bussy"] }""", "its sample \"421 bussy\" does not match: patterns see it as \"421 bussy\"")]
    [InlineData("""{ "id": "t", "pattern": "busy", "action": "suspend", "duration": "PT1H", "samples": ["busy"] }""", "its sample \"busy\" has no reply code")]
    [InlineData("""{ "id": "t", "pattern": "ada@example", "action": "suspend", "duration": "PT1H", "samples": ["421 <ada@example.com> is busy"] }""", "patterns see it as \"421 <@> is busy\"")]
    [InlineData("""{ "id": "t", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"pattern\" is missing")]
    [InlineData("""{ "id": "t", "pattern": "", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"pattern\" must be text")]
    [InlineData("""{ "id": "t", "pattern": "(busy", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"pattern\" cannot be used")]
    [InlineData("""{ "id": "t", "pattern": ["(busy", "x)"], "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"pattern\" cannot be used")]
    [InlineData("""{ "id": "t", "pattern": ".*", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"pattern\" matches everything")]
    [InlineData("""{ "id": "t", "pattern": "(?<!not )busy", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "no look-around")]
    [InlineData("""{ "id": "t", "pattern": "(b)usy\\1", "action": "suspend", "duration": "PT1H", "samples": ["421 busyb"] }""", "no look-around, no back references")]
    [InlineData("""{ "id": "t", "pattern": "((bu){40}sy){40}", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "repeats by more than 1000 times")]
    [InlineData("""{ "id": "t", "patern": "busy", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "\"patern\" is not known; known are id, pattern,")]
    [InlineData("""{ "pattern": "busy", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "trigger no. 2: \"id\" is missing")]
    [InlineData("""{ "id": "first", "pattern": "busy", "action": "suspend", "duration": "PT1H", "samples": ["421 busy"] }""", "another trigger's")]
    [InlineData("3", "trigger no. 2: must be an object")]
    public void A_trigger_with_a_fault_is_refused_by_its_id_too(string trigger, string fault)
    {
        var first = """{ "id": "first", "pattern": "x", "action": "suspend", "duration": "PT1H", "samples": ["421 x"] }""";
        var faults = Mx.Faults($$"""{ "id": "mine", {{Mx.Limits}}, "triggers": [{{first}}, {{trigger}}] }""");
        Assert.StartsWith("line 2, rule \"mine\": trigger ", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Contains(fault, faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_trigger_that_could_do_nothing_is_refused()
    {
        var trigger = """{ "id": "t", "pattern": "busy", "action": "connections", "factor": 0.5, "duration": "PT1H", "samples": ["421 busy"] }""";
        Assert.Contains("can do nothing: the rule's limit is 1", Assert.Single(Mx.Faults($$"""{ "id": "mine", "maxConnections": 1, "maxMessagesPerConnection": 5, "triggers": [{{trigger}}] }""")), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Mx.Faults("""{ "id": "a" }""", $$"""{ "id": "b", "mx": "b.example", {{Mx.Limits}} }""", $$"""{ "id": "b", "mx": "c.example", {{Mx.Limits}} }""", $$"""{ "id": "d", "provider": "nobody", {{Mx.Limits}} }""");
        Assert.Equal(["line 2, rule \"a\"", "line 4, rule \"b\"", "line 5, rule \"d\""], faults.Select(f => f.Split(": ")[0]));
    }

    [Theory]
    [InlineData("""{ "id": "b", "mx": "*.a.example", LIMITS }""", false)]
    [InlineData("""{ "id": "b", "mx": "*.b.a.example", LIMITS }""", false)]
    [InlineData("""{ "id": "b", "mx": ["mx1.a.example", "mx.c.example"], LIMITS }""", true)]
    [InlineData("""{ "id": "b", "mx": "mx1.a.example", "publicIds": { "first": 1, "last": 2 }, LIMITS }""", false)]
    [InlineData("""{ "id": "b", "provider": "google", LIMITS }""", true)]
    [InlineData("""{ "id": "b", LIMITS }""", true)]
    public void A_rule_that_would_never_be_asked_is_refused(string rule, bool reachable)
    {
        var first = $$"""{ "id": "a", "mx": "*.a.example", {{Mx.Limits}} }""";
        var second = rule.Replace("LIMITS", Mx.Limits, StringComparison.Ordinal);
        if (reachable)
            Assert.Equal(2, Mx.Users(first, second).Users.Count);
        else
            Assert.Equal("line 3, rule \"b\": would never be asked: rule \"a\" of the same file is asked before it, for the same hosts", Assert.Single(Mx.Faults(first, second)));
    }

    [Fact]
    public void What_counts_is_the_order_in_which_rules_are_asked()
    {
        // It stands in the place of ours, so after the other.
        Mx.Users($$"""{ "id": "google", "provider": "google", {{Mx.Limits}} }""", $$"""{ "id": "warm", "provider": "google", "publicIds": { "first": 1, "last": 4 }, {{Mx.Limits}} }""");
        Assert.Contains("rule \"gmx\" of ours is asked before it", Assert.Single(Mx.Faults($$"""{ "id": "united-internet", "mx": "mx00.gmx.net", {{Mx.Limits}} }""")), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_for_some_egresses_leave_the_others_to_later_ones()
    {
        var some = $$"""{ "id": "a", "publicIds": { "first": 1, "last": 2 }, {{Mx.Limits}} }""";
        Mx.Users(some, $$"""{ "id": "b", "publicIds": { "first": 2, "last": 3 }, {{Mx.Limits}} }""");
        Assert.Contains("never be asked", Assert.Single(Mx.Faults(some, $$"""{ "id": "b", "mx": "b.example", "publicIds": { "first": 2, "last": 2 }, {{Mx.Limits}} }""")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"rules\": [\n {", "line 2: is no JSON")]
    [InlineData("[]", "line 1: must be an object with an array \"rules\"")]
    [InlineData("{}", "line 1: must be an object with an array \"rules\"")]
    [InlineData("{ \"rules\": [], \"limits\": [] }", "line 1: \"limits\" is not known")]
    [InlineData("", "is no JSON")]
    public void A_file_that_is_none_is_refused(string file, string fault) => Assert.Contains(fault, Assert.Single(Mx.FaultsOf(file)), StringComparison.Ordinal);

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_no_faults() =>
        Assert.Equal("mine", Mx.Users("// for the client\n" + $$"""{ "id": "mine", {{Mx.Limits}}, },""").Users.Single());

    [Fact]
    public void Too_much_is_refused_before_it_costs_memory()
    {
        Assert.Contains("has more than 4194304 octets", Assert.Single(Mx.FaultsOf(new string(' ', RuleDocument.MaxLength + 1))), StringComparison.Ordinal);
        Assert.Contains("2000 rules", Assert.Single(Mx.Faults([.. Enumerable.Range(0, 2001).Select(i => $$"""{ "id": "r{{i}}", "mx": "mx{{i}}.example", {{Mx.Limits}} }""")])), StringComparison.Ordinal);
        var masks = string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"RULE{i}.example\""));
        Assert.Contains("more than 2000 masks", Assert.Single(Mx.Faults([.. Enumerable.Range(0, 11).Select(i => $$"""{ "id": "r{{i}}", "mx": [{{masks.Replace("RULE", $"r{i}-", StringComparison.Ordinal)}}], {{Mx.Limits}} }""")])), StringComparison.Ordinal);
        var trigger = (int i, string pattern) => $$"""{ "id": "t{{i}}", "pattern": "{{pattern}}", "action": "suspend", "duration": "PT1H", "samples": ["421 aaaaaaaaaa"] }""";
        var rule = (int i, int count, string pattern) => $$"""{ "id": "r{{i}}", "mx": "r{{i}}.example", {{Mx.Limits}}, "triggers": [{{string.Join(',', Enumerable.Range(0, count).Select(t => trigger(t, pattern)))}}] }""";
        Assert.Contains("\"triggers\" must be an array of at most 50", Assert.Single(Mx.Faults(rule(0, 51, "a"))), StringComparison.Ordinal);
        Assert.Contains("more than 2000 triggers", Assert.Single(Mx.Faults([.. Enumerable.Range(0, 41).Select(i => rule(i, 50, "a"))])), StringComparison.Ordinal);
        var large = "a|(bbbbbbbbb){1,1000}";
        Assert.Contains("patterns of the file become too large", Assert.Single(Mx.Faults(rule(0, 50, large))), StringComparison.Ordinal);
        Assert.Contains("could be made slow", Assert.Single(Mx.Faults(rule(0, 1, "a|(" + new string('b', 100) + "){1,1000}"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_without_end_end()
    {
        var faults = Mx.Faults([.. Enumerable.Range(0, 500).Select(i => $$"""{ "id": "r{{i}}" }""")]);
        Assert.Equal(51, faults.Count);
        Assert.Contains("and more", faults[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_none_is_a_fault_of_its_rule() =>
        Assert.StartsWith("line 2, rule ", Assert.Single(Mx.Faults($$"""{ "id": "\ud800", {{Mx.Limits}} }""")), StringComparison.Ordinal);

    [Fact]
    public void A_pattern_takes_no_longer_for_a_text_made_to_be_slow()
    {
        var rule = Mx.Rule($$"""{ "id": "mine", {{Mx.Limits}}, "triggers": [{ "id": "t", "pattern": "(a+)+$", "action": "suspend", "duration": "PT1H", "samples": ["421 a"] }] }""");
        // Backtracking would take more than the age of the world.
        Assert.Equal("", rule.Fired("421 " + new string('a', 1000) + "!"));
        Assert.Equal("t", rule.Fired("421 " + new string('a', 1000)));
    }
}
