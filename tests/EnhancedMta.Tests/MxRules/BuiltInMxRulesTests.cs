using System.Text.Json;
using EnhancedMta.BounceRules;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.MxRules;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.Tests.BounceRules;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.MxRules;

public sealed class BuiltInMxRulesTests
{
    public static TheoryData<string> Ids => [.. MxRuleFile.BuiltIn.Rules.Select(rule => rule.Id)];

    [Fact]
    public void No_id_is_two_rules() => Assert.Distinct(MxRuleFile.BuiltIn.Rules.Select(rule => rule.Id));

    [Fact]
    public void About_twenty_providers_have_a_rule_and_the_last_rule_is_generic()
    {
        Assert.InRange(MxRuleFile.BuiltIn.Rules.Count - 1, 20, 40);
        Assert.Equal(MxRuleFile.GenericId, MxRuleFile.BuiltIn.Rules[^1].Id);
        Assert.Empty(MxRuleFile.BuiltIn.Users);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_rule_holds_for_the_sites_that_it_is_for(string id)
    {
        var rule = Rule(id);
        var masks = rule.Provider is { } name ? ProviderDirectory.BuiltIn.All.Single(p => p.Name == name).MxMasks : rule.MxMasks;
        // A provider's own rule must not be hidden by one before it, except where that is for some of its masks.
        Assert.True(masks.Count == 0 || masks.Any(mask => MxRuleFile.BuiltIn.Find(Mx.Site(HostMask.ExampleOf(mask)), 1) == rule), id);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_trigger_is_set_off_by_its_own_samples_on_its_own_path(string id)
    {
        var rule = Rule(id);
        foreach (var trigger in rule.Triggers.Where(t => !t.IsGeneral))
        {
            foreach (var sample in trigger.Samples)
                Assert.True(rule.TriggersFor(QuotedReply.Parse(sample)).Contains(trigger), $"{id}, {trigger.Id}: {sample}");
        }
    }

    /// <summary>The bounce rules' samples are what servers say for every reason there is. These few may be about how we send; no other is.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void No_trigger_is_set_off_by_a_reply_about_something_else(string id)
    {
        ReplyClass[] aboutUs = [ReplyClass.Throttled, ReplyClass.ReputationRefusal, ReplyClass.SpamRefusal, ReplyClass.PolicyRefusal, ReplyClass.AuthenticationRefusal];
        var own = Rule(id).Triggers.Where(t => !t.IsGeneral).ToList();
        var innocent = BuiltInRules.Rules.Where(r => !aboutUs.Contains(r.Class)).SelectMany(r => r.Samples).Select(s => s.Reply).Concat(Innocent.Replies).ToList();
        Assert.True(innocent.Count > 200, $"{innocent.Count}");
        foreach (var reply in innocent)
        {
            var text = TriggerText.Of(QuotedReply.Parse(reply));
            Assert.Empty(own.Where(t => t.Pattern.IsMatch(text)).Select(t => $"{id}, {t.Id}: {reply}"));
        }
    }

    [Fact]
    public void Most_of_what_is_throttling_to_the_bounce_rules_slows_down()
    {
        // Not all: too many recipients of one message are throttling too, and a bare status may be.
        var generic = MxRuleFile.BuiltIn.Rules[^1];
        var quiet = BuiltInRules.Rules.Where(r => r.Class == ReplyClass.Throttled && r.Providers.Count == 0).SelectMany(r => r.Samples).Select(s => s.Reply).ToLookup(reply => generic.Fired(reply).Length > 0);
        Assert.True(quiet[true].Count() >= 2 * quiet[false].Count(), string.Join('\n', quiet[false]));
    }

    [Fact]
    public void Each_rule_says_where_its_figures_come_from() =>
        Assert.All(MxRuleFile.BuiltIn.Rules, rule => Assert.True(rule.Why?.Length > 20, rule.Id));

    [Fact]
    public void Each_file_is_as_the_schema_says()
    {
        using var schema = Mx.Schema();
        foreach (var (name, json) in MxRuleFile.Files)
        {
            using var file = JsonDocument.Parse(json, RuleDocument.Json);
            Assert.Empty(new SchemaCheck(schema.RootElement).Faults(file.RootElement).Select(fault => $"{name}{fault}"));
            Assert.True(File.Exists(Path.Combine(RepositoryRoot.Find(), "functions/EnhancedMta/MxRules/data", file.RootElement.GetProperty("$schema").GetString()!)), name);
        }
    }

    private static MxRule Rule(string id) => MxRuleFile.BuiltIn.Rules.Single(rule => rule.Id == id);
}
