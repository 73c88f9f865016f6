using System.Text.RegularExpressions;
using EnhancedMta.Qualification;
using EnhancedMta.Smtp;

namespace EnhancedMta.BounceRules;

/// <summary>One rule as written. What is empty is not asked for; what is given must all be so.</summary>
internal sealed record BounceRule
{
    /// <summary>Stays the same for ever: it stands in logs and at Campaign.</summary>
    public required string Id { get; init; }

    /// <summary>Line of its file, for messages about it.</summary>
    public required int Line { get; init; }

    /// <summary>Names of <see cref="Providers.ProviderDirectory"/>: the words alone would not tell whose they are.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    public IReadOnlyList<SmtpCommand> Commands { get; init; } = [];

    public IReadOnlyList<CodePattern> Codes { get; init; } = [];

    public IReadOnlyList<StatusPattern> Statuses { get; init; } = [];

    /// <summary>One of these phrases.</summary>
    public IReadOnlyList<string> Any { get; init; } = [];

    /// <summary>Each of these.</summary>
    public IReadOnlyList<string> All { get; init; } = [];

    /// <summary>None of these.</summary>
    public IReadOnlyList<string> None { get; init; } = [];

    /// <summary>For what phrases cannot say; runs on the reply's own text, without backtracking.</summary>
    public Regex? Pattern { get; init; }

    public required ReplyClass Class { get; init; }

    /// <summary>Instead of the class's.</summary>
    public FailureType? Type { get; init; }

    /// <summary>Instead of the class's.</summary>
    public CampaignReason? Reason { get; init; }

    /// <summary>Instead of the class's.</summary>
    public BounceCode? Code { get; init; }

    /// <summary>Instead of the class's: whether a permanent refusal is tried again.</summary>
    public bool? Retry { get; init; }

    /// <summary>Replies that it must decide: at least one.</summary>
    public required IReadOnlyList<RuleSample> Samples { get; init; }

    public bool HasWords => Any.Count > 0 || All.Count > 0;
}

/// <param name="Reply">As a server says it, code and all.</param>
/// <param name="MxHost">Who said it.</param>
/// <param name="Command">What it answered.</param>
internal sealed record RuleSample(string Reply, string? MxHost, SmtpCommand Command)
{
    public SmtpReply ToReply() => QuotedReply.Parse(Reply, Command);
}
