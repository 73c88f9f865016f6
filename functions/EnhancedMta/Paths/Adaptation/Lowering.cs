using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>Down at once, by what the remote's words ask for or by a share.</summary>
internal static class Lowering
{
    private const double ShareAfterSuspension = 0.5;
    private const double LeastShareOfPace = 0.25;
    private static readonly TimeSpan LongestRelapse = TimeSpan.FromHours(4);

    /// <summary>Acts on all objections as one move.</summary>
    public static void Lower(Course course, List<Objection> objections, Random random)
    {
        // While nothing is sent, only pieces of the burst that led to it tell something.
        var suspended = course.Control is { Mode: PathMode.Suspended } ? course.Control.Suspension : null;
        if (suspended is not null)
            objections.RemoveAll(o => o.At >= suspended.Since + Ceiling.Settle || (suspended.Probed && o.Action != TriggerAction.Suspend));
        var suspending = objections.Where(o => o.Action == TriggerAction.Suspend).MaxBy(o => o.Duration);
        var after = course.Control;
        Objection? strongest = null;
        foreach (var objection in objections.Where(o => o.Action != TriggerAction.Suspend))
        {
            if (Ceilings(after, objection, course) is not { } lowered)
                continue;
            // A piece of a burst may ask to keep for longer what holds already.
            if (!lowered.IsRepeated)
                strongest ??= objection;
            after = lowered.After;
        }
        if (suspending is not null && suspended is null)
        {
            Suspend(course, after, suspending, suspending.Duration, random);
            return;
        }
        // A piece may ask for a longer suspension.
        if (suspending is not null && suspended!.Since + suspending.Duration is var until && until > suspended.Until)
        {
            course.Move(
                after with { Suspension = suspended with { Until = until, Length = suspending.Duration } }, suspending.Cause, suspending.TriggerId, suspending.Sample, until);
            return;
        }
        if (strongest is null)
        {
            course.Control = after;
            return;
        }
        var kept = new[] { after.Connections?.Until, after.MessagesPerHour?.Until, after.MessagesPerConnection?.Until }.Max();
        after = Judged(after, objections, course.Now) with { Mode = suspended is null ? PathMode.Reduced : PathMode.Suspended };
        course.Move(after, strongest.Cause, strongest.TriggerId, strongest.Sample, suspended?.Until ?? kept);
    }

    /// <summary>A suspension was being probed, and the remote objected again: twice as long.</summary>
    public static void Relapse(Course course, MoveCause cause, string? trigger, string? sample, Random random)
    {
        var before = course.Control.Suspension!;
        var objection = new Objection(cause, trigger, TriggerAction.Suspend, 0, false, before.Length, false, sample, course.Now);
        Suspend(course, course.Control, objection, before.Length, random);
    }

    private static void Suspend(Course course, PathControl after, Objection objection, TimeSpan asked, Random random)
    {
        var relapses = course.Control.Suspension is { } before ? before.Relapses + 1 : 0;
        var longest = asked > LongestRelapse ? asked : LongestRelapse;
        var doubled = asked * Math.Pow(2, Math.Min(relapses, 10));
        var length = doubled < longest ? doubled : longest;
        // Paths that were suspended together are not probed together.
        var until = course.Now + length * (1 + 0.05 * random.NextDouble());
        var probed = course.Control.Mode == PathMode.Probing;
        if (!probed)
        {
            // What is opened after it is less than what led to it.
            foreach (var action in new[] { TriggerAction.Rate, TriggerAction.Connections })
                after = Ceilings(after, objection with { Action = action, Value = ShareAfterSuspension, IsShare = true, Duration = length }, course)?.After ?? after;
        }
        after = Judged(after, [objection], course.Now) with
        {
            Mode = PathMode.Suspended,
            Suspension = new Suspension(course.Now, until, asked, relapses, Probed: probed),
        };
        course.Move(after, objection.Cause, objection.TriggerId, objection.Sample, until);
    }

    /// <summary>Null when the objection changes nothing: the rule's figure is at the bound already, or the burst was acted on.</summary>
    private static (PathControl After, bool IsRepeated)? Ceilings(PathControl control, Objection objection, Course course)
    {
        var kind = objection.Action switch
        {
            TriggerAction.Connections => CeilingKind.Connections,
            TriggerAction.MessagesPerConnection => CeilingKind.MessagesPerConnection,
            _ => CeilingKind.MessagesPerHour,
        };
        var bounds = CeilingBounds.Of(course.Rule, kind);
        var was = control.Ceiling(kind);
        var current = was?.Value ?? bounds.Max;
        double? pace = kind == CeilingKind.MessagesPerHour ? RecentTraffic.Pace(control.Traffic, course.Now) : null;
        // A rate is reckoned from what the path really carried, when that is less than what it was allowed: half of a figure that was never
        // reached is no relief. But one move does not take more than three quarters beside the share: a quiet hour tells little.
        var reckoned = pace is not { } went ? current!.Value
            : current is { } allowed ? Math.Clamp(went, allowed * LeastShareOfPace, allowed)
            : Math.Max(went, bounds.Min);
        var @base = (int)Math.Min(reckoned, int.MaxValue / 4);
        var top = bounds.Max ?? was?.Top ?? Math.Max(2 * @base, (int)Math.Min(2L * control.BestHour, int.MaxValue));
        var ceiling = Ceiling.Lower(was, objection, @base, pace, top, bounds, course.Now);
        return ceiling == was || ceiling.Value >= top ? null : (control.With(kind, ceiling), ceiling.Value == was?.Value && ceiling.LoweredAt == was.LoweredAt);
    }

    /// <summary>What was sent until now, or is on its way, is no answer to this move.</summary>
    private static PathControl Judged(PathControl control, IReadOnlyList<Objection> objections, DateTimeOffset now) => control with
    {
        JudgedFrom = SliceCounts.NumberOf(now + Ceiling.Settle) + 1,
        Complaints = objections.Any(o => o.Cause == MoveCause.Complaints || o.Action == TriggerAction.Suspend) ? new ComplaintRecord { From = now + RateThresholds.ComplaintDelay } : control.Complaints,
    };
}
