using EnhancedMta.Retries;

namespace EnhancedMta.Dkim;

/// <summary>
/// How a domain's selectors change. Mail is signed when it is handed over, so a retry has the signature of its day; what the overlap is for
/// is mail that others hold: receivers' queues and forwarders verify it days later.
/// </summary>
internal static class Rotation
{
    /// <summary>Looks in a row that must find a record right before it signs.</summary>
    public const int LooksNeeded = 3;

    /// <summary>How long a selector's record stays after it signed last: 3.5 days of our own, and as much again for queues of others,
    /// which give up after 4 to 5 days (RFC 5321 §4.5.4.1).</summary>
    public static readonly TimeSpan Overlap = 2 * ValidityPeriod.Longest;

    /// <summary>A key whose making was begun and not ended.</summary>
    public static readonly TimeSpan MakingLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    // A record that is not there yet may be any minute. One that is right must still be so a while later: zones are handed on from
    // server to server, and an old answer may be kept on the way.
    private static readonly TimeSpan WhileMissing = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenRight = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WhileInUse = TimeSpan.FromHours(1);

    /// <summary>Takes in keys that are new, and forgets selectors whose time is over.</summary>
    /// <param name="state">Null for a domain of which nothing is known yet.</param>
    /// <param name="domain">Its name.</param>
    /// <param name="keys">Its usable keys, older ones first.</param>
    /// <param name="signsAtOnce">Nothing else signs for it so far: the first key of each algorithm does, unseen.</param>
    /// <param name="allRead">A key that is not there is gone.</param>
    /// <param name="now">The time.</param>
    public static DomainState Take(DomainState? state, string domain, IReadOnlyList<DkimKey> keys, bool signsAtOnce, bool allRead, DateTimeOffset now)
    {
        var next = state ?? new DomainState(domain, []);
        foreach (var key in keys)
        {
            if (next.Selectors.Any(selector => selector.IsOf(key)))
                continue;
            var isFirst = state is null && signsAtOnce && !next.Selectors.Any(selector => selector.Algorithm == key.Algorithm);
            var taken = new SelectorState(key.Selector, key.Algorithm, key.Fingerprint, isFirst ? SelectorPhase.Active : SelectorPhase.Pending, now);
            next = next.In(SelectorPhase.Making).FirstOrDefault(making => making.Selector == key.Selector) is { } made
                ? next.With(made, taken)
                : next with { Selectors = [.. next.Selectors, taken] };
        }
        foreach (var selector in next.Selectors)
        {
            var isOver = selector.Phase switch
            {
                SelectorPhase.Making => now - selector.Since >= MakingLimit,
                SelectorPhase.Pending => allRead && !keys.Any(selector.IsOf),
                // While its key is there it must be known, or it would be taken for a new one.
                SelectorPhase.Retired => now - selector.Since >= Remembered && allRead && !keys.Any(selector.IsOf),
                _ => false,
            };
            if (isOver)
                next = next.Without(selector);
        }
        return next.Selectors.SequenceEqual(state?.Selectors ?? []) && state is not null ? state : next;
    }

    /// <summary>It is time to look for its record.</summary>
    public static bool IsLookDue(SelectorState selector, DateTimeOffset now)
    {
        var interval = selector.Phase switch
        {
            SelectorPhase.Pending => selector.Seen == RecordStatus.Right ? BetweenRight : WhileMissing,
            SelectorPhase.Active or SelectorPhase.Retiring => selector.Seen == RecordStatus.Right ? WhileInUse : BetweenRight,
            _ => TimeSpan.MaxValue,
        };
        return selector.Looked is not { } looked ? interval != TimeSpan.MaxValue : now - looked >= interval;
    }

    /// <summary>Notes what a look found. A server without an answer proves nothing either way.</summary>
    public static SelectorState Note(SelectorState selector, RecordSight sight, DateTimeOffset now) => selector with
    {
        Looked = now,
        Seen = sight.Status,
        Detail = sight.Detail,
        Right = sight.Status switch { RecordStatus.Right => Math.Min(selector.Right + 1, LooksNeeded), RecordStatus.Unknown => selector.Right, _ => 0 },
        Wrong = sight.Status switch { RecordStatus.Right => 0, RecordStatus.Unknown => selector.Wrong, _ => Math.Min(selector.Wrong + 1, LooksNeeded) },
    };

    /// <summary>Lets selectors sign whose records were seen, in the place of those that did; and lets go of records that nobody needs any more.</summary>
    public static DomainState Advance(DomainState state, DateTimeOffset now)
    {
        var next = state;
        foreach (var selector in state.In(SelectorPhase.Pending).Where(pending => pending.Right >= LooksNeeded))
        {
            foreach (var old in next.In(SelectorPhase.Active).Where(active => active.Algorithm == selector.Algorithm || active.Selector == selector.Selector).ToList())
                // Of two keys under one name only one can be published: the old one's record is gone already.
                next = old.Selector == selector.Selector ? next.Without(old) : next.With(old, old with { Phase = SelectorPhase.Retiring, Since = now });
            next = next.With(selector, selector with { Phase = SelectorPhase.Active, Since = now });
        }
        foreach (var selector in next.In(SelectorPhase.Retiring).Where(retiring => now - retiring.Since >= Overlap).ToList())
            next = next.With(selector, selector with { Phase = SelectorPhase.Retired, Since = now });
        return next;
    }

    /// <summary>Puts a selector in line that signed once, or never did.</summary>
    public static DomainState Return(DomainState state, SelectorState selector, DateTimeOffset now) =>
        state.With(selector, selector with { Phase = SelectorPhase.Pending, Since = now, Right = 0, Wrong = 0, Looked = null, Seen = null, Detail = null });
}
