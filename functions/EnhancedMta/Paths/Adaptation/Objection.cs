using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>What the remote said against the way we send, ready to be acted on.</summary>
/// <param name="Cause">Its words, or a share over an hour.</param>
/// <param name="TriggerId">When it was its words.</param>
/// <param name="Action">What is lowered.</param>
/// <param name="Value">A figure, or a factor when <paramref name="IsShare"/>.</param>
/// <param name="IsShare">The value is a factor.</param>
/// <param name="Duration">How long nothing is won back; of a suspension, how long nothing is sent.</param>
/// <param name="IsMild">It may be answered by taking back a raise that caused it.</param>
/// <param name="Sample">A reply.</param>
/// <param name="At">When it was met.</param>
internal sealed record Objection(
    MoveCause Cause, string? TriggerId, TriggerAction Action, double Value, bool IsShare, TimeSpan Duration, bool IsMild, string? Sample, DateTimeOffset At)
{
    public double Target(int @base) => IsShare ? @base * Value : Value;
}
