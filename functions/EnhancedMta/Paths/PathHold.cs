using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Paths;

/// <summary>A path on which nothing is sent for a while.</summary>
/// <param name="Until">When it may be tried again.</param>
/// <param name="Why">For people.</param>
internal sealed record PathHold(DateTimeOffset Until, string Why)
{
    /// <summary>Null when something may be sent.</summary>
    public static PathHold? Of(PathId id, PathControl control, PathLimits limits)
    {
        if (!limits.IsHeld || limits.Until is not { } until)
            return null;
        var cause = limits.Because switch
        {
            LimitReason.OperatorSuspended => $"suspended by an operator{(control.OperatorSuspension?.Reason is { } reason ? $": {reason}" : "")}",
            LimitReason.Backoff => control.Backoff?.Sample ?? control.Backoff?.Cause ?? "it takes nothing",
            _ => "suspended for what it answered",
        };
        return new PathHold(until, $"{id.Site}: {cause}");
    }
}
