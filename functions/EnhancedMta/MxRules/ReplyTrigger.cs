using System.Text.RegularExpressions;

namespace EnhancedMta.MxRules;

/// <summary>Words of a reply that change the limits of a path for a while.</summary>
/// <param name="Id">Unique in its rule.</param>
/// <param name="Pattern">Non-backtracking; looked for in the reply as "421 4.7.0 text", lines joined by a space, lower case, without accents, mail addresses as @.</param>
/// <param name="Count">So many matching replies …</param>
/// <param name="Within">… within this long set it off; does not matter when the count is 1.</param>
/// <param name="Action">What happens.</param>
/// <param name="Value">By <paramref name="Action"/>: messages per hour, connections or messages per connection, as a number (<c>60</c>) or as a share of what holds (<c>0.5</c>, when <paramref name="IsShare"/>). 0 for suspend.</param>
/// <param name="IsShare">The value is a factor between 0 and 1.</param>
/// <param name="Duration">How long it lasts before it is won back step by step; of a suspension, how long nothing is sent.</param>
/// <param name="Samples">Replies that must match; a test runs them.</param>
public sealed record ReplyTrigger(
    string Id, Regex Pattern, int Count, TimeSpan Within, TriggerAction Action, double Value, bool IsShare, TimeSpan Duration, IReadOnlyList<string> Samples)
{
    /// <summary>It came from the generic rule.</summary>
    public bool IsGeneral { get; init; }

    /// <summary>Whether both do the same on the same.</summary>
    internal bool DoesAs(ReplyTrigger other)
    {
        return Bare(this) == Bare(other) && Pattern.ToString() == other.Pattern.ToString();

        static ReplyTrigger Bare(ReplyTrigger trigger) => trigger with { Pattern = null!, Samples = [] };
    }
}

public enum TriggerAction
{
    /// <summary>Nothing is sent on the path.</summary>
    Suspend,
    /// <summary>Messages per hour.</summary>
    Rate,
    Connections,
    MessagesPerConnection,
}
