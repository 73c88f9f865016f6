using EnhancedMta.BounceRules;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>Replies of the world's servers and filters, in eight languages and more, each with what it means.</summary>
public sealed class WordingsTests
{
    [Fact]
    public void Each_reply_means_what_a_postmaster_reads_in_it()
    {
        var wordings = Read();
        Assert.True(wordings.Count > 700);
        Assert.Empty(wordings
            .Select(w => (w, Verdict: RuleFile.BuiltIn.Decide(QuotedReply.Parse(w.Reply, w.Command), w.MxHost)))
            .Where(d => ClassNames.Of(d.Verdict.Class) != d.w.Class)
            .Select(d => $"{d.w.Class}: {d.w.Reply}: {ClassNames.Of(d.Verdict.Class)} by {d.Verdict.Rule}"));
    }

    [Fact]
    public void Quoted_in_a_bounce_mail_it_means_the_same()
    {
        // Words that leave the meaning to code and command alone are no words.
        var changed = Read()
            .Where(w => QuotedReply.Parse(w.Reply).Code > 0)
            .Select(w => (w, RuleFile.BuiltIn.Decide(QuotedReply.Parse($"host mx.example.net[192.0.2.1] said: {w.Reply} (in reply to end of DATA command)", w.Command), w.MxHost)))
            .Where(d => ClassNames.Of(d.Item2.Class) != d.w.Class)
            .Select(d => $"{d.w.Class}: {d.w.Reply}: {ClassNames.Of(d.Item2.Class)} by {d.Item2.Rule}");
        Assert.Empty(changed);
    }

    [Fact]
    public void No_refusal_for_policy_or_content_burns_an_address()
    {
        foreach (var wording in Read())
        {
            var verdict = RuleFile.BuiltIn.Decide(QuotedReply.Parse(wording.Reply, wording.Command), wording.MxHost);
            Assert.True(verdict.Type != FailureType.Hard || verdict.Code is BounceCode.InvalidRecipient, $"{wording.Reply}: {verdict}");
        }
    }

    private static List<(string Class, string? MxHost, SmtpCommand Command, string Reply)> Read() =>
    [
        .. File.ReadLines(Path.Combine(RepositoryRoot.Find(), "tests/EnhancedMta.Tests/BounceRules/wordings.tsv"))
            .Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
            .Select(fields => (fields[0], fields[1].Length > 0 ? fields[1] : null, SmtpCommands.TryParse(fields[2], out var command) ? command : SmtpCommand.Unknown, fields[3])),
    ];
}
