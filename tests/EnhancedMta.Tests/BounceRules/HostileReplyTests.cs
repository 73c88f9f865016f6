using System.Text;
using CsCheck;
using EnhancedMta.BounceRules;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>Whatever a server says, there is a verdict, and never one that burns an address for the sender's faults.</summary>
public sealed class HostileReplyTests
{
    private static readonly string[] Samples = [.. RuleFile.BuiltIn.Rules.SelectMany(r => r.Samples).Select(s => s.Reply)];

    private static readonly string[] Splinters =
        ["550 ", "550-5.1.1 ", "5.1.1 ", "4.7.1 ", "\r\n", "\0", "\ud800", "@", "<", "a@b.c", " .. ", "said: ", "user unknown", "spam", "%", new string(' ', 200), new string('a', 3_000), "\u0301\u0301", "｟", "https://"];

    private static readonly Gen<string> Mutated =
        Gen.Select(Gen.Int[0, Samples.Length - 1], Gen.Int[0, Samples.Length - 1], Gen.Int[0, 100], Gen.Int[0, 100], Gen.Int[0, Splinters.Length - 1].Array[0, 3]).Select((one, other, cut, from, splinters) =>
        {
            var text = new StringBuilder(Samples[one][..(Samples[one].Length * cut / 100)]);
            foreach (var splinter in splinters)
                text.Append(Splinters[splinter]);
            return text.Append(Samples[other][(Samples[other].Length * from / 100)..]).ToString();
        });

    [Fact]
    public void Any_reply_has_a_verdict_that_keeps_the_promises() =>
        Gen.Select(Mutated, Gen.Enum<SmtpCommand>()).Sample((quoted, command) =>
        {
            var reply = QuotedReply.Parse(quoted, command);
            var verdict = RuleFile.BuiltIn.Decide(reply, "mx.example.net");
            Assert.NotEqual("none", verdict.Rule);
            Assert.True(verdict.Type != FailureType.Hard || verdict is { Final: true, Code: BounceCode.InvalidRecipient });
            Assert.True(reply.Code is 0 or >= 500 || verdict is { Final: false, Type: not FailureType.Hard });
            Assert.True(reply.Text.Length <= SmtpReply.MaxTextLength);
            Assert.True(NormalizedReply.Of(reply).Length <= reply.Text.Length * 5 + 10);
        }, iter: 15_000);

    [Fact]
    public void Arbitrary_characters_have_a_verdict() =>
        Gen.String[Gen.Char, 0, 400].Sample(text => Assert.NotEqual("none", RuleFile.BuiltIn.DecidedBy(text)), iter: 5_000);

    [Fact]
    public void No_pattern_can_be_made_slow() =>
        Assert.All(RuleFile.BuiltIn.Rules.Where(r => r.Pattern is not null), rule => Assert.True(rule.Pattern!.Options.HasFlag(System.Text.RegularExpressions.RegexOptions.NonBacktracking)));

    [Fact]
    public void A_long_reply_is_read_as_far_as_anybody_means_it()
    {
        var padding = string.Concat(Enumerable.Repeat("word ", 10_000));
        Assert.Equal(RuleFile.BuiltIn.DecidedBy("550 Sorry"), RuleFile.BuiltIn.DecidedBy($"550 {padding} mailbox full"));
        Assert.Equal("mailbox-full", RuleFile.BuiltIn.DecidedBy($"550 mailbox full {padding}"));
    }
}
