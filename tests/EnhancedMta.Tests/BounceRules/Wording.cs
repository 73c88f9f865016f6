using EnhancedMta.BounceRules;
using EnhancedMta.LocalHost.Emulator;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>A reply in a file of ours, with what it means.</summary>
/// <param name="Class">Its name.</param>
/// <param name="MxHost">Who says it, where that matters.</param>
/// <param name="Command">What it answers, where that matters.</param>
/// <param name="Reply">Code and words.</param>
internal sealed record Wording(string Class, string? MxHost, SmtpCommand Command, string Reply)
{
    /// <summary>Replies of the world's servers and filters, in eight languages and more.</summary>
    public static IReadOnlyList<Wording> All { get; } = Read("wordings.tsv");

    /// <summary>Words that no other reply here has.</summary>
    public static IReadOnlyList<Wording> Words { get; } = Read("words.tsv");

    public Verdict Decide() => RuleFile.BuiltIn.Decide(QuotedReply.Parse(Reply, Command), MxHost);

    private static List<Wording> Read(string file) =>
    [
        .. File.ReadLines(Path.Combine(RepositoryRoot.Find(), "tests/EnhancedMta.Tests/BounceRules", file))
            .Where(line => !line.StartsWith('#')).Select(line => line.Split('\t'))
            .Select(fields => new Wording(fields[0], fields[1].Length > 0 ? fields[1] : null, SmtpCommands.TryParse(fields[2], out var command) ? command : SmtpCommand.Unknown, fields[3])),
    ];
}
