using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>
/// Decides how much a path may carry, from what it met: down at once by the remote's words or by shares, suspended when that is asked for, probed after
/// that, and up again at most hourly. Pure but for jitter: the state, the report, the rule and the time go in, the next state comes out.
/// </summary>
/// <param name="random">For jitter of waits. Must be safe for many threads when this is used by many.</param>
public sealed class PathController(Random random)
{
    private const int ProbesToOpen = 3;
    private const int RefusalsToClose = 2;

    /// <summary>The state after a report, and after time has passed. Calling it again with an empty report changes nothing until more time has passed.</summary>
    /// <param name="control">Last state of the path.</param>
    /// <param name="report">What was met since; <see cref="PathReport.Empty"/> to let only time pass.</param>
    /// <param name="rule">The path's rule as it is now.</param>
    /// <param name="now">The time.</param>
    public PathStep Next(PathControl control, PathReport report, MxRule rule, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(control);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(rule);
        var course = new Course(control, rule, now);
        FollowRule(course);
        OperatorActions.Expire(course);
        EndSuspension(course);
        Count(course, report);
        BackingOff.Follow(course, report, random);
        var objections = TriggerCounting.Count(course, report);
        if (course.Control.Mode == PathMode.Probing)
        {
            Probe(course, report);
            objections.Clear();
        }
        if (course.Control is { Mode: PathMode.Normal or PathMode.Reduced, Backoff: null })
            objections.AddRange(RateThresholds.Find(RecentTraffic.Sum(course.Control.Traffic, course.Control.JudgedFrom, now), course.Control.Complaints, report, now));
        Lowering.Lower(course, objections, random);
        Raising.Raise(course);
        return course.Done;
    }

    /// <summary>The rule's own figures may have changed since.</summary>
    private static void FollowRule(Course course)
    {
        var control = course.Control;
        if (!control.HasCeilings)
            return;
        foreach (var kind in Enum.GetValues<CeilingKind>())
        {
            var max = CeilingBounds.Of(course.Rule, kind).Max;
            if (control.Ceiling(kind) is { } ceiling && max is { } top && ceiling.Top != top)
                control = control.With(kind, ceiling.Value >= top ? null : ceiling with { Top = top });
        }
        if (control is { Mode: PathMode.Reduced, HasCeilings: false })
            course.Move(control with { Mode = PathMode.Normal }, MoveCause.Rule);
        else
            course.Control = control;
    }

    private static void EndSuspension(Course course)
    {
        var control = course.Control;
        if (control is { Mode: PathMode.Suspended, Suspension: { } over } && over.Until <= course.Now)
            course.Move(control with { Mode = PathMode.Probing, Suspension = over with { Delivered = 0, Refused = 0 } }, MoveCause.TimePassed);
        else if (control is { Mode: PathMode.Normal or PathMode.Reduced, Suspension: not null } && course.Now - control.RaisedAt >= TimeSpan.FromHours(1))
            course.Control = control with { Suspension = null };
    }

    private static void Count(Course course, PathReport report)
    {
        var control = course.Control;
        var traffic = RecentTraffic.Add(control.Traffic, report, course.Now);
        var hour = RecentTraffic.CarriedInHour(traffic, course.Now);
        var isBest = hour > 0 && (hour >= control.BestHour || course.Now - control.BestHourAt > TimeSpan.FromDays(1));
        course.Control = control with
        {
            Traffic = traffic,
            BestHour = isBest ? hour : control.BestHour,
            BestHourAt = isBest ? course.Now : control.BestHourAt,
            DeferredInRow = report.Attempts > report.Deferred.Count ? report.DeferredInRow : control.DeferredInRow + report.DeferredInRow,
            Complaints = report.Delivered > 0 || report.Complaints > 0 ? control.Complaints.Add(report.Delivered, report.Complaints, course.Now) : control.Complaints,
        };
    }

    /// <summary>A few messages decide whether the path opens, or is left alone for twice as long.</summary>
    private void Probe(Course course, PathReport report)
    {
        var control = course.Control;
        var suspension = control.Suspension ?? new Suspension(course.Now, course.Now, TimeSpan.FromHours(1));
        // What comes late was met before the suspension.
        var hit = report.Triggers.FirstOrDefault(h => h.At >= suspension.Until && course.Rule.Triggers.Any(t => t.Id == h.TriggerId));
        if (report.Attempts > 0 && report.At >= suspension.Until)
            suspension = suspension with
            {
                Delivered = suspension.Delivered + report.Delivered,
                Refused = suspension.Refused + report.Throttled.Count + report.Blocked.Count,
            };
        course.Control = control = control with { Suspension = suspension };
        if (hit is not null)
            Lowering.Relapse(course, MoveCause.Trigger, hit.TriggerId, hit.Sample, random);
        else if (suspension.Delivered >= ProbesToOpen + 2 * suspension.Refused)
            course.Move(
                control with { Mode = control.HasCeilings ? PathMode.Reduced : PathMode.Normal, RaisedAt = course.Now, JudgedFrom = SliceCounts.NumberOf(course.Now) },
                MoveCause.Probes);
        else if (suspension.Refused >= RefusalsToClose)
            Lowering.Relapse(course, MoveCause.Probes, null, report.Blocked.Sample ?? report.Throttled.Sample, random);
    }
}
