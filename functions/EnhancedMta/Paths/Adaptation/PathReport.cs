namespace EnhancedMta.Paths.Adaptation;

/// <summary>
/// What a process met on a path since its last report. Reports come every few seconds to minutes, late or in pieces; times are those of the events,
/// so that what happened before a move is not counted as an answer to it.
/// </summary>
public sealed record PathReport
{
    public static PathReport Empty { get; } = new();

    /// <summary>When the newest of the counted answers came.</summary>
    public DateTimeOffset At { get; init; }

    public int Delivered { get; init; }

    /// <inheritdoc cref="PathOutcome.AddressOnly"/>
    public int AddressOnly { get; init; }

    public Answers Deferred { get; init; }

    public Answers Throttled { get; init; }

    public Answers Blocked { get; init; }

    /// <summary>Deferred since the last other answer.</summary>
    public int DeferredInRow { get; init; }

    /// <summary>Recipients who called a message spam (RFC 5965).</summary>
    public int Complaints { get; init; }

    public IReadOnlyList<TriggerHits> Triggers { get; init; } = [];

    public SessionFailures? SessionFailures { get; init; }

    /// <summary>When a session was last opened, or found open.</summary>
    public DateTimeOffset? SessionWorkedAt { get; init; }

    /// <summary>When a message was last answered by anything but a deferral.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    public bool IsEmpty => Attempts == 0 && Complaints == 0 && Triggers.Count == 0 && SessionFailures is null && SessionWorkedAt is null;

    internal int Attempts => Delivered + AddressOnly + Deferred.Count + Throttled.Count + Blocked.Count;

    /// <summary>
    /// Both as one. The same as reporting this one first and then the other, except for what time decides: the answers of both go to the later one's
    /// time, so merge what lies seconds or a few minutes apart.
    /// </summary>
    public PathReport Merge(PathReport later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return new PathReport
        {
            At = Later(At, later.At),
            Delivered = Delivered + later.Delivered,
            AddressOnly = AddressOnly + later.AddressOnly,
            Deferred = Deferred + later.Deferred,
            Throttled = Throttled + later.Throttled,
            Blocked = Blocked + later.Blocked,
            DeferredInRow = later.Attempts > later.Deferred.Count ? later.DeferredInRow : DeferredInRow + later.DeferredInRow,
            Complaints = Complaints + later.Complaints,
            Triggers = later.Triggers.Count == 0 ? Triggers : Triggers.Count == 0 ? later.Triggers : TriggerHits.Merge(Triggers, later.Triggers),
            SessionFailures = SessionFailures is null ? later.SessionFailures : SessionFailures.Merge(later.SessionFailures),
            SessionWorkedAt = Later(SessionWorkedAt, later.SessionWorkedAt),
            AnsweredAt = Later(AnsweredAt, later.AnsweredAt),
        };
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}

/// <param name="Count">So many.</param>
/// <param name="Sample">The newest one's words.</param>
public readonly record struct Answers(int Count, string? Sample)
{
    public static Answers operator +(Answers left, Answers right) => new(left.Count + right.Count, right.Sample ?? left.Sample);

    public static Answers Add(Answers left, Answers right) => left + right;
}

/// <summary>Replies that a trigger's pattern matches.</summary>
/// <param name="TriggerId">Of the path's rule.</param>
/// <param name="Count">So many.</param>
/// <param name="At">When the newest came.</param>
/// <param name="Sample">The newest.</param>
public sealed record TriggerHits(string TriggerId, int Count, DateTimeOffset At, string? Sample)
{
    internal static IReadOnlyList<TriggerHits> Merge(IReadOnlyList<TriggerHits> first, IReadOnlyList<TriggerHits> second) =>
        [.. first.Concat(second).GroupBy(h => h.TriggerId, StringComparer.Ordinal).Select(same => same.Aggregate((a, b) =>
            new TriggerHits(a.TriggerId, a.Count + b.Count, b.At > a.At ? b.At : a.At, b.Sample ?? a.Sample)))];
}

/// <summary>Tries that came to no session.</summary>
/// <param name="Count">So many.</param>
/// <param name="At">When the newest ended.</param>
/// <param name="Cause">Our error, by name.</param>
/// <param name="Sample">The remote's words, when it said any.</param>
public sealed record SessionFailures(int Count, DateTimeOffset At, string? Cause, string? Sample)
{
    internal SessionFailures Merge(SessionFailures? later) =>
        later is null ? this : new(Count + later.Count, later.At > At ? later.At : At, later.Cause ?? Cause, later.Sample ?? Sample);
}
