namespace EnhancedMta.Paths.Adaptation;

/// <summary>Up step by step, at most hourly.</summary>
internal static class Raising
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private const double UsedShare = 0.75;
    private const int UsedMessages = 10;

    // Far more hours than any path needs to forget all.
    private const int MostHours = 24 * 7;

    /// <summary>
    /// One step for each quiet hour since the last change, also for hours in which nobody looked: a path is not kept low because it was idle.
    /// Whatever the number of steps, they are one move.
    /// </summary>
    public static void Raise(Course course)
    {
        var before = course.Control;
        if (before.Mode != PathMode.Reduced || before.Backoff is not null)
            return;
        var after = before;
        foreach (var time in Times(before, course.Now))
            after = At(after, time);
        if (Values(after) == Values(before))
            course.Control = after with { LookedAt = course.Now };
        else
            course.Move(
                after with { Mode = after.HasCeilings ? PathMode.Reduced : PathMode.Normal, RaisedAt = course.Now, LookedAt = course.Now }, MoveCause.TimePassed);
    }

    /// <summary>Each hour since anybody looked, and now. Times that were looked at are not judged again: less is known of them by now.</summary>
    private static IEnumerable<DateTimeOffset> Times(PathControl control, DateTimeOffset now)
    {
        var time = control.RaisedAt + Hour;
        var settled = LoweredAt(control) + Ceiling.Settle;
        if (settled > time)
            time = settled;
        if (now < time)
            yield break;
        if (time <= control.LookedAt)
            time = control.LookedAt + Hour;
        for (var i = 0; i < MostHours && time < now; i++, time += Hour)
            yield return time;
        yield return now;
    }

    private static PathControl At(PathControl control, DateTimeOffset time)
    {
        if (RateThresholds.IsTroubled(RecentTraffic.Sum(control.Traffic, control.JudgedFrom, time)))
            return control;
        var changed = control.RaisedAt;
        var after = control;
        foreach (var kind in Enum.GetValues<CeilingKind>())
        {
            if (control.Ceiling(kind) is not { } ceiling)
                continue;
            var used = IsUsed(control, kind, ceiling.Value, time);
            var quiet = ceiling.Quiet(used, ceiling.LoweredAt > changed ? ceiling.LoweredAt : changed, time);
            // A level is tried for an hour, the rule's own too.
            var due = time >= changed + Hour;
            after = after.With(kind, due && quiet.IsOver(time) ? null : due ? quiet.Raise(used, time) : quiet);
        }
        return Values(after) == Values(control) ? after : after with { RaisedAt = time };
    }

    /// <summary>Of the last half hour, so that a level of half an hour ago does not speak for this one.</summary>
    private static bool IsUsed(PathControl control, CeilingKind kind, int value, DateTimeOffset time)
    {
        var carried = RecentTraffic.Sum(control.Traffic, SliceCounts.NumberOf(time) - RecentTraffic.Slices / 2 + 1, time).Carried;
        return kind == CeilingKind.MessagesPerHour ? 2.0 * carried >= value * UsedShare : carried >= UsedMessages;
    }

    private static DateTimeOffset LoweredAt(PathControl control) =>
        new[] { control.Connections?.LoweredAt, control.MessagesPerHour?.LoweredAt, control.MessagesPerConnection?.LoweredAt }.Max() ?? default;

    private static (int?, int?, int?) Values(PathControl control) => (control.Connections?.Value, control.MessagesPerHour?.Value, control.MessagesPerConnection?.Value);
}
