using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>Counts matching replies until there are so many within the trigger's time.</summary>
internal static class TriggerCounting
{
    // Each entry has a few dozen octets for each eighth of the trigger's time: the state stays small whatever a rule file holds.
    private const int MaxRemembered = 12;

    /// <summary>
    /// Objections of triggers that are set off. One that was set off is deaf to replies of the same burst: they come late and in pieces, and do not
    /// tell how the path does since.
    /// </summary>
    public static List<Objection> Count(Course course, PathReport report)
    {
        var (now, rule) = (course.Now, course.Rule);
        var memory = course.Control.Triggers;
        if (memory.Count == 0 && report.Triggers.Count == 0)
            return [];
        var remembered = memory.ToDictionary(t => t.Id, StringComparer.Ordinal);
        var objections = new List<Objection>();
        foreach (var hits in report.Triggers)
        {
            if (Find(rule, hits.TriggerId) is not { } trigger)
                continue;
            var at = hits.At < now ? hits.At : now;
            var known = remembered.GetValueOrDefault(trigger.Id) ?? new TriggerMemory(trigger.Id, null, []);
            // Of a burst that was acted on; or so late that what it asks for would be over.
            if (at < known.FiredAt + Ceiling.Settle || at + trigger.Duration <= now)
                continue;
            if (trigger.Count > 1)
                known = known.Add(hits.Count, at, trigger.Within, now);
            if (trigger.Count <= 1 || known.Count >= trigger.Count)
            {
                known = known with { FiredAt = now, Hits = [] };
                objections.Add(new Objection(
                    MoveCause.Trigger, trigger.Id, trigger.Action, trigger.Value, trigger.IsShare, trigger.Duration,
                    IsMild: trigger.Action != TriggerAction.Suspend, hits.Sample, at));
            }
            remembered[trigger.Id] = known;
        }

        course.Control = course.Control with { Triggers = Keep(remembered.Values, rule, now) };
        return objections;
    }

    /// <summary>As long as late pieces of a burst are listened to, and hits count.</summary>
    private static IReadOnlyList<TriggerMemory> Keep(IEnumerable<TriggerMemory> all, MxRule rule, DateTimeOffset now) =>
    [
        .. all.Where(t => Find(rule, t.Id) is { } trigger && (t.FiredAt + Ceiling.Settle + trigger.Duration > now || t.Hits.Any(h => h.At > now - trigger.Within)))
            .OrderByDescending(t => t.Hits.Count > 0 ? t.Hits[^1].At : t.FiredAt).ThenBy(t => t.Id, StringComparer.Ordinal).Take(MaxRemembered),
    ];

    private static ReplyTrigger? Find(MxRule rule, string id)
    {
        foreach (var trigger in rule.Triggers)
        {
            if (trigger.Id == id)
                return trigger;
        }
        return null;
    }
}
