using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>What an operator may do with a path. Pure: done without storing the result, each is its own dry run.</summary>
public static class OperatorActions
{
    private const int ReasonLength = 200;

    /// <summary>Nothing is sent until a time; then the path goes on as it stood. A suspension in force is replaced.</summary>
    public static PathStep Suspend(PathControl control, MxRule rule, DateTimeOffset until, string? reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(until, now);
        var course = new Course(control, rule, now);
        course.Move(control with { OperatorSuspension = new OperatorSuspension(until, Cut(reason)) }, MoveCause.Operator, Cut(reason), null, until);
        return course.Done;
    }

    /// <summary>
    /// Ends what keeps the path from sending: an operator's suspension at once, adaptation's by probing it now, a back-off by forgetting it. Ceilings
    /// stay as they are. No move when nothing keeps it.
    /// </summary>
    public static PathStep Resume(PathControl control, MxRule rule, string? reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        var course = new Course(control, rule, now);
        var after = control with { OperatorSuspension = null, Backoff = null, DeferredInRow = 0 };
        if (after is { Mode: PathMode.Suspended, Suspension: { } suspension })
            after = after with { Mode = PathMode.Probing, Suspension = suspension with { Until = now, Delivered = 0, Refused = 0 } };
        if (after.Mode != control.Mode || control.OperatorSuspension is not null || control.Backoff is not null)
            course.Move(after, MoveCause.Operator, Cut(reason));
        return course.Done;
    }

    /// <summary>Sets ceilings until a time, whatever the rule and adaptation say; earlier ones are replaced. The operator may go above the rule.</summary>
    public static PathStep Override(PathControl control, MxRule rule, OperatorOverride ceilings, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(ceilings);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ceilings.Until, now, nameof(ceilings));
        foreach (var value in new[] { ceilings.Connections, ceilings.MessagesPerHour, ceilings.MessagesPerConnection })
        {
            if (value is { } given)
                ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(ceilings));
        }
        var course = new Course(control, rule, now);
        var kept = ceilings with { Reason = Cut(ceilings.Reason) };
        course.Move(control with { Override = kept }, MoveCause.Operator, kept.Reason, null, kept.Until);
        return course.Done;
    }

    /// <summary>Takes an override back before its time.</summary>
    public static PathStep EndOverride(PathControl control, MxRule rule, string? reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        var course = new Course(control, rule, now);
        if (control.Override is not null)
            course.Move(control with { Override = null }, MoveCause.Operator, Cut(reason));
        return course.Done;
    }

    /// <summary>What an operator set for a while and is over now.</summary>
    internal static void Expire(Course course)
    {
        if (course.Control.Override is { } set && set.Until <= course.Now)
            course.MoveFrom(set.Until - TimeSpan.FromTicks(1), course.Control with { Override = null }, MoveCause.TimePassed, set.Reason);
        if (course.Control.OperatorSuspension is { } held && held.Until <= course.Now)
            course.MoveFrom(held.Until - TimeSpan.FromTicks(1), course.Control with { OperatorSuspension = null }, MoveCause.TimePassed, held.Reason);
    }

    private static string? Cut(string? reason) => Sample.Cut(reason, ReasonLength);
}
