using System.Text.RegularExpressions;
using EnhancedMta.BounceRules;
using EnhancedMta.Providers;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;
using EnhancedMta.UserRules;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>A few rules of one's own: which decides, and what its class comes to.</summary>
public sealed class BounceRuleSetTests
{
    [Fact]
    public void Where_no_rule_applies_nothing_is_known_and_the_message_is_tried_again()
    {
        var none = Decide([Rule("x") with { Any = ["zorry"] }], "550 other words");
        Assert.Equal(("none", ReplyClass.Undetermined, FailureType.Soft, BounceCode.Undetermined, false, "v1"), (none.Rule, none.Class, none.Type, none.Code, none.Final, none.RuleSet));
        Assert.Null(Set(Rule("x") with { Any = ["zorry"] }).Find(Reply("550 other words"), null));
        Assert.Equal("none", Set().Decide(Reply("450 zorry"), null).Rule);
    }

    [Theory]
    [InlineData(ReplyClass.UnknownUser, "550", FailureType.Hard, BounceCode.InvalidRecipient, true)]
    [InlineData(ReplyClass.UnknownUser, "450", FailureType.Soft, BounceCode.InvalidRecipient, false)]
    [InlineData(ReplyClass.DisabledUser, "450", FailureType.Soft, BounceCode.SoftBounce, false)]
    [InlineData(ReplyClass.GenericPermanent, "550", FailureType.Ignored, BounceCode.GenericBounce, true)]
    [InlineData(ReplyClass.GenericPermanent, "450", FailureType.Soft, BounceCode.TransientFailure, false)]
    [InlineData(ReplyClass.TooLarge, "450", FailureType.Ignored, BounceCode.TooLarge, false)]
    [InlineData(ReplyClass.PolicyRefusal, "550", FailureType.Soft, BounceCode.MailBlock, true)]
    [InlineData(ReplyClass.Throttled, "550", FailureType.Soft, BounceCode.MailBlock, false)]
    public void A_class_comes_to_what_the_severity_makes_of_it(ReplyClass @class, string code, FailureType type, BounceCode bounceCode, bool final)
    {
        var verdict = Decide([Rule("x", @class)], $"{code} zorry");
        Assert.Equal((type, bounceCode, final, @class, "x"), (verdict.Type, verdict.Code, verdict.Final, verdict.Class, verdict.Rule));
    }

    [Fact]
    public void What_a_rule_says_itself_goes_before_its_class_for_both_severities()
    {
        var own = Rule("x", ReplyClass.GenericPermanent) with { Type = FailureType.Ignored, Reason = CampaignReason.MailboxFull, Code = BounceCode.MailboxFull };
        Assert.All(new[] { "550 zorry", "450 zorry" }, reply =>
            Assert.Equal((FailureType.Ignored, CampaignReason.MailboxFull, BounceCode.MailboxFull), Decide([own], reply) is var said ? (said.Type, said.Reason, said.Code) : default));
        Assert.Equal([FailureType.Hard, FailureType.Soft], new[] { "550 zorry", "450 zorry" }.Select(reply => Decide([own with { Type = FailureType.Hard }], reply).Type));
    }

    [Theory]
    [InlineData(ReplyClass.PolicyRefusal, true, "550", false)]
    [InlineData(ReplyClass.Throttled, false, "550", true)]
    [InlineData(ReplyClass.Throttled, false, "450", false)]
    public void Whether_a_permanent_refusal_is_tried_again_a_rule_may_say_itself(ReplyClass @class, bool retry, string code, bool final) =>
        Assert.Equal(final, Decide([Rule("x", @class) with { Retry = retry }], $"{code} zorry").Final);

    [Theory]
    [InlineData(399, null, true)]
    [InlineData(400, 5, false)]
    [InlineData(499, 5, false)]
    [InlineData(500, 4, true)]
    [InlineData(599, 4, true)]
    [InlineData(600, 4, false)]
    [InlineData(0, 4, false)]
    [InlineData(0, 5, true)]
    [InlineData(0, 2, true)]
    [InlineData(0, null, true)]
    public void The_code_tells_the_severity_and_the_status_only_where_there_is_no_code(int code, int? statusClass, bool isPermanent)
    {
        var reply = new SmtpReply(code, statusClass is { } known ? new EnhancedStatusCode(known, 1, 1) : null, "zorry", SmtpCommand.Unknown);
        Assert.Equal(isPermanent ? FailureType.Hard : FailureType.Soft, Set(Rule("x", ReplyClass.UnknownUser) with { Any = ["zorry"] }).Decide(reply, null).Type);
    }

    [Fact]
    public void The_first_that_applies_decides_however_many_there_are()
    {
        // More than fit a word of 64 bits, in phrases and in rules, and two that ask for no phrase.
        BounceRule[] rules = [.. Enumerable.Range(0, 150).Select(n => n is 70 or 140 ? Rule($"r{n}") with { Codes = [CodePattern.Parse(n == 70 ? "421" : "5xx")] } : Rule($"r{n}") with { Any = [$"word{n:000}", $"both{n % 10}"] })];
        var set = Set(rules);
        Assert.All(Enumerable.Range(0, 150).Where(n => n is not (70 or 140)), n => Assert.Equal(n < 140 ? $"r{n}" : "r140", set.DecidedBy($"550 word{n:000}")));
        Assert.Equal("r149", set.DecidedBy("450 word149"));
        Assert.Equal("r3", set.DecidedBy("550 word130 both3"));
        Assert.Equal("r63", set.DecidedBy("550 word064 word063"));
        Assert.Equal(["r70", "r69"], new[] { "421 word071", "421 word069" }.Select(reply => set.DecidedBy(reply)));
        Assert.Equal("r140", set.DecidedBy("550 no word of these"));
        Assert.Equal("none", set.DecidedBy("450 no word of these"));
    }

    [Fact]
    public void One_of_some_and_each_of_others_and_none_of_the_rest_are_asked_for()
    {
        var rule = Rule("x") with { Any = ["first", "second"], All = ["third", "(fourth|fifth)"], None = ["sixth", "seventh"] };
        Assert.All(new[] { "first third fourth", "second fifth third", "first second third fourth fifth" }, text => Assert.Equal("x", Set(rule).DecidedBy($"550 {text}")));
        Assert.All(
            new[] { "third fourth", "first third", "first fourth fifth", "second third fifth sixth", "seventh first third fourth" },
            text => Assert.Equal("none", Set(rule).DecidedBy($"550 {text}")));
        Assert.Equal(["x", "none"], new[] { "third fourth", "third" }.Select(text => Set(rule with { Any = [] }).DecidedBy($"550 {text}")));
    }

    [Fact]
    public void One_of_its_codes_statuses_and_commands_is_enough()
    {
        var rule = Rule("x") with { Codes = [CodePattern.Parse("550"), CodePattern.Parse("45x")], Statuses = [StatusPattern.Parse("x.1.1"), StatusPattern.Parse("x.2.*")], Commands = [SmtpCommand.RcptTo, SmtpCommand.MailFrom] };
        Assert.All(new[] { "550 5.1.1 no", "450 4.2.9 no" }, reply => Assert.Equal("x", Set(rule).DecidedBy(reply, command: SmtpCommand.MailFrom)));
        Assert.All(new[] { "551 5.1.1 no", "550 5.3.1 no", "550 no", "550 4.1.1 no" }, reply => Assert.Equal("none", Set(rule).DecidedBy(reply, command: SmtpCommand.RcptTo)));
        Assert.Equal("none", Set(rule).DecidedBy("550 5.1.1 no"));
    }

    [Fact]
    public void A_pattern_is_asked_for_on_the_replys_own_text_with_all_the_rest()
    {
        var rule = Rule("x") with { Any = ["zorry"], Pattern = new Regex("Zorry [0-9]+$", RegexOptions.NonBacktracking) };
        Assert.Equal(["x", "none", "none"], new[] { "550 Zorry 12", "550 zorry 12", "550 Zorry 12 times" }.Select(reply => Set(rule).DecidedBy(reply)));
        Assert.Equal("none", Set(rule with { None = ["but"] }).DecidedBy("550 but Zorry 12"));
    }

    [Fact]
    public void It_tells_how_many_rules_it_has() => Assert.Equal((2, 2, 1), Two() is var two ? (two.Count, two.Rules.Count, two.UserCount) : default);

    [Fact]
    public void Without_a_code_the_status_alone_is_a_guide()
    {
        var rule = Rule("x") with { Statuses = [StatusPattern.Parse("4.2.2")] };
        Assert.Equal("x", Set(rule).DecidedBy("the mailbox (4.2.2) is full"));
    }

    [Fact]
    public void A_providers_rule_is_for_its_hosts_only()
    {
        var set = Set(Rule("g") with { Any = ["zorry"], Providers = ["google"] }, Rule("m") with { Any = ["zorry"], Providers = ["google", "microsoft-365"] });
        Assert.Equal("g", set.DecidedBy("550 zorry", "gmail-smtp-in.l.google.com"));
        Assert.Equal("m", set.DecidedBy("550 zorry", "example-com.mail.protection.outlook.com"));
        Assert.Equal("none", set.DecidedBy("550 zorry", "mx.example.net"));
        Assert.Equal("none", set.DecidedBy("550 zorry"));
    }

    [Fact]
    public void A_phrase_that_cannot_be_used_is_told_with_its_rule_and_line() =>
        Assert.StartsWith("line 7, rule \"x\": \"zo(rry\"", Assert.Single(Assert.Throws<RuleFaultsException>(() => Set(Rule("x") with { Any = ["zo(rry"] })).Faults), StringComparison.Ordinal);

    private static BounceRule Rule(string id, ReplyClass @class = ReplyClass.PolicyRefusal) => new() { Id = id, Line = 7, Class = @class, Samples = [] };

    private static BounceRuleSet Set(params BounceRule[] rules) => new(rules, "v1", ProviderDirectory.BuiltIn);

    private static BounceRuleSet Two() => new([Rule("x"), Rule("y")], "v1", ProviderDirectory.BuiltIn) { UserCount = 1 };

    private static SmtpReply Reply(string quoted) => QuotedReply.Parse(quoted);

    private static Verdict Decide(BounceRule[] rules, string reply) => Set(rules).Decide(Reply(reply), null);
}
