using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

public sealed class UserRulesTests
{
    [Fact]
    public void A_users_rule_is_asked_before_ours()
    {
        var set = Rules.Users("""{ "id": "our-partner", "any": ["no such user"], "class": "senderRefusal", "samples": ["550 5.1.1 No such user"] }""");
        Assert.Equal("our-partner", set.DecidedBy("550 5.1.1 No such user here"));
        Assert.Equal("unknown-user", RuleFile.BuiltIn.DecidedBy("550 5.1.1 No such user here"));
        Assert.Equal("mailbox-full", set.DecidedBy("552 5.2.2 Mailbox full"));
        Assert.NotEqual(RuleFile.BuiltIn.Version, set.Version);
    }

    [Fact]
    public void One_with_the_id_of_ours_stands_in_its_place()
    {
        var set = Rules.Users("""{ "id": "mailbox-full", "any": ["the postbox is full"], "class": "suspendedUser", "samples": ["550 The postbox is full"] }""");
        Assert.Equal(RuleFile.BuiltIn.Count, set.Count);
        Assert.Equal("mailbox-full", set.DecidedBy("550 The postbox is full"));
        Assert.Equal("clear-status-2-2", set.DecidedBy("552 5.2.2 Over quota"));
    }

    [Fact]
    public void Provider_code_status_and_command_narrow_it()
    {
        var set = Rules.Users(
            """{ "id": "g", "provider": "google", "any": "zorry", "class": "throttled", "samples": [{ "reply": "450 zorry", "mx": "gmail-smtp-in.l.google.com" }] }""",
            """{ "id": "c", "code": ["45x", "421"], "any": "zorry", "class": "greylisted", "samples": ["451 zorry"] }""",
            """{ "id": "s", "status": "x.7.*", "any": "zorry", "class": "policyRefusal", "samples": ["550 5.7.99 zorry"] }""",
            """{ "id": "r", "command": "RCPT TO", "any": "zorry", "class": "unknownUser", "samples": [{ "reply": "550 zorry", "command": "rcpt" }] }""",
            """{ "id": "w", "any": "zorry", "all": ["a", "b"], "class": "spamRefusal", "samples": ["550 zorry a b"] }""".Replace("\"a\", \"b\"", "\"aa\", \"bb\"").Replace("zorry a b", "bb zorry aa"),
            """{ "id": "n", "any": "zorry", "none": ["but"], "class": "formatRefusal", "samples": ["550 zorry"] }""");
        Assert.Equal("g", set.DecidedBy("550 zorry", "ALT1.gmail-smtp-in.l.google.com."));
        Assert.Equal("c", set.DecidedBy("450 zorry", "mx.example.net"));
        Assert.Equal("c", set.DecidedBy("421 zorry"));
        Assert.Equal("s", set.DecidedBy("550 5.7.1 zorry"));
        // A status that contradicts its code is no guide.
        Assert.Equal("n", set.DecidedBy("550 4.7.1 zorry"));
        Assert.Equal("r", set.DecidedBy("550 zorry", command: SmtpCommand.RcptTo));
        Assert.Equal("w", set.DecidedBy("550 zorry bb and aa"));
        Assert.Equal("n", set.DecidedBy("550 zorry bb"));
        Assert.DoesNotContain(set.DecidedBy("550 zorry but"), new[] { "g", "c", "s", "r", "w", "n" });
    }

    [Fact]
    public void Type_reason_code_and_retry_can_be_told_apart_from_the_class()
    {
        var set = Rules.Users("""{ "id": "x", "any": "zorry", "class": "unknownUser", "type": "Ignored", "reason": 20, "bounceCode": 50, "retry": true, "samples": ["550 zorry"] }""");
        var verdict = set.Decide(QuotedReply.Parse("550 zorry"), null);
        Assert.Equal((FailureType.Ignored, CampaignReason.Refused, BounceCode.MailBlock, ReplyClass.UnknownUser, false), (verdict.Type, verdict.Reason, verdict.Code, verdict.Class, verdict.Final));
        Assert.Equal((set.Version, "x"), (verdict.RuleSet, verdict.Rule));
    }

    [Fact]
    public void Hard_for_now_is_soft_and_waits()
    {
        var verdict = RuleFile.BuiltIn.Decide(QuotedReply.Parse("450 4.1.1 User unknown"), null);
        Assert.Equal((FailureType.Soft, CampaignReason.UserUnknown, false), (verdict.Type, verdict.Reason, verdict.Final));
    }

    [Fact]
    public void A_pattern_says_what_phrases_cannot()
    {
        var set = Rules.Users("""{ "id": "p", "pattern": "^zorry [0-9]{3}$", "class": "policyRefusal", "samples": ["550 Zorry 123"] }""");
        Assert.Equal("p", set.DecidedBy("550 5.0.0 zorry 123".Replace("5.0.0 ", "", StringComparison.Ordinal)));
        Assert.NotEqual("p", set.DecidedBy("550 zorry 1234"));
    }

    [Fact]
    public void A_rule_that_another_of_the_user_shadows_is_refused()
    {
        var fault = Assert.Single(Rules.Faults(
            """{ "id": "first", "any": "zorry", "class": "transient", "samples": ["450 zorry"] }""",
            """{ "id": "second", "any": "zorry today", "class": "transient", "samples": ["450 zorry today"] }"""));
        Assert.StartsWith("line 3, rule \"second\"", fault, StringComparison.Ordinal);
        Assert.Contains("is decided by \"first\"", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_changes_with_any_rule_and_with_nothing_else()
    {
        const string rule = """{ "id": "x", "any": "zorry", "class": "transient", "samples": ["450 zorry"] }""";
        Assert.Equal(Rules.Users(rule).Version, Rules.Users(rule).Version);
        Assert.NotEqual(Rules.Users(rule).Version, Rules.Users(rule.Replace("\"x\"", "\"y\"", StringComparison.Ordinal)).Version);
        Assert.Matches("^[0-9a-f]{12}$", RuleFile.BuiltIn.Version);
    }
}
