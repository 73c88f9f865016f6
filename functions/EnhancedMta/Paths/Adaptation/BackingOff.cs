namespace EnhancedMta.Paths.Adaptation;

/// <summary>A path with which nothing can be done at all: not slower, but later. It says nothing about how much the path would carry.</summary>
internal static class BackingOff
{
    // Told so late, it is better found out anew.
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    public static void Follow(Course course, PathReport report, Random random)
    {
        var control = course.Control;
        if (control.Backoff is { } past && (past.TakesNothing ? report.AnsweredAt : report.SessionWorkedAt) > past.At)
            // Deferrals of the outage are no reason to go slowly after it.
            course.Move(
                control with { Backoff = null, DeferredInRow = 0, JudgedFrom = Math.Max(control.JudgedFrom, SliceCounts.NumberOf(course.Now) + (past.TakesNothing ? 1 : 0)) },
                MoveCause.WorksAgain);

        if (report.SessionFailures is { } failures && !(report.SessionWorkedAt >= failures.At))
            Fail(course, new Backoff(false, 0, failures.At, default, failures.Cause, failures.Sample), random);
        else if (course.Control.Backoff is null ? course.Control.DeferredInRow >= Backoff.InRow : report.DeferredInRow > 0)
            Fail(course, new Backoff(true, 0, report.At, default, null, report.Deferred.Sample), random);
    }

    private static void Fail(Course course, Backoff failure, Random random)
    {
        var was = course.Control.Backoff;
        // Twenty connections fail at the same moment, and are told one by one: that is one failure.
        if (was is null ? failure.At < course.Now - Stale : failure.At < was.Until)
            return;
        var backoff = failure.After(was, course.Now, random);
        course.Move(
            course.Control with { Backoff = backoff }, failure.TakesNothing ? MoveCause.TakesNothing : MoveCause.SessionFailures, failure.Cause, failure.Sample, backoff.Until);
    }
}
