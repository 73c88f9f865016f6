namespace EnhancedMta.Qualification;

/// <summary>What a reply or a local error means.</summary>
/// <param name="Type">Hard ends the message; Soft is retried; Ignored says nothing about the address.</param>
/// <param name="Reason">Campaign's reason.</param>
/// <param name="Code">Momentum's code.</param>
/// <param name="Class">Decides the retry plan.</param>
/// <param name="Rule">Id of the rule that decided, for the log and for corrections.</param>
/// <param name="Final">No retry can help, whatever the type: the message fails now. A refusal for policy may be final and yet not Hard for the address.</param>
public sealed record Verdict(FailureType Type, CampaignReason Reason, BounceCode Code, ReplyClass Class, string Rule, bool Final)
{
    /// <summary>Version of the rules that decided; null for errors of our own, which need no rules.</summary>
    public string? RuleSet { get; init; }
}
