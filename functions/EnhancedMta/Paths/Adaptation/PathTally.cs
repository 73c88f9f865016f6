using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>Gathers what a process meets on a path until it is reported. For many threads.</summary>
public sealed class PathTally
{
    private const int Many = 200;

    private readonly Lock _lock = new();
    private PathReport _report = PathReport.Empty;
    private bool _isUrgent;

    /// <summary>It holds something that other processes should know within seconds: a reply that a trigger knows, or no session.</summary>
    public bool IsUrgent
    {
        get
        {
            lock (_lock)
                return _isUrgent;
        }
    }

    /// <summary>It holds something to report.</summary>
    /// <param name="objections">Count only what is not well, or more than a few answers.</param>
    public bool Has(bool objections)
    {
        lock (_lock)
        {
            return objections
                ? _report.Deferred.Count + _report.Throttled.Count + _report.Blocked.Count + _report.Complaints > 0 || _report.Attempts >= Many
                : !_report.IsEmpty;
        }
    }

    /// <summary>A message was answered on a session of the path.</summary>
    /// <param name="outcome">What it says of the path.</param>
    /// <param name="reply">The remote's words, when it was not taken.</param>
    /// <param name="matches">Triggers that know these words (<see cref="MxRule.TriggersFor"/>).</param>
    /// <param name="at">When.</param>
    public void Answered(PathOutcome outcome, string? reply, IReadOnlyList<ReplyTrigger> matches, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(matches);
        var answer = new Answers(1, Sample.Cut(reply));
        var deferred = outcome == PathOutcome.Deferred;
        Add(new PathReport
        {
            At = at,
            Delivered = outcome == PathOutcome.Delivered ? 1 : 0,
            AddressOnly = outcome == PathOutcome.AddressOnly ? 1 : 0,
            Deferred = deferred ? answer : default,
            Throttled = outcome == PathOutcome.Throttled ? answer : default,
            Blocked = outcome == PathOutcome.Blocked ? answer : default,
            // What a trigger knows is the trigger's to act on.
            DeferredInRow = deferred && matches.Count == 0 ? 1 : 0,
            AnsweredAt = deferred ? null : at,
            SessionWorkedAt = at,
            Triggers = Hits(matches, reply, at),
        });
    }

    /// <summary>
    /// No session. A refusal that a trigger knows (a greeting with "too many connections") is an objection to how we send, not a path that is
    /// down: it counts as the trigger's hit alone.
    /// </summary>
    public void SessionFailed(string? cause, string? reply, IReadOnlyList<ReplyTrigger> matches, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(matches);
        Add(matches.Count > 0
            ? new PathReport { Triggers = Hits(matches, reply, at) }
            : new PathReport { SessionFailures = new SessionFailures(1, at, cause, Sample.Cut(reply)) });
    }

    public void SessionWorked(DateTimeOffset at) => Add(new PathReport { SessionWorkedAt = at });

    public void Complained(int count = 1) => Add(new PathReport { Complaints = count });

    /// <summary>Puts back what could not be reported, before what came since.</summary>
    public void PutBack(PathReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        lock (_lock)
            _report = report.Merge(_report);
    }

    /// <summary>All since the last time; what is taken is no longer here.</summary>
    public PathReport Take()
    {
        lock (_lock)
        {
            var report = _report;
            _report = PathReport.Empty;
            _isUrgent = false;
            return report;
        }
    }

    private static IReadOnlyList<TriggerHits> Hits(IReadOnlyList<ReplyTrigger> matches, string? reply, DateTimeOffset at) =>
        matches.Count == 0 ? [] : [.. matches.Select(t => new TriggerHits(t.Id, 1, at, Sample.Cut(reply)))];

    private void Add(PathReport one)
    {
        lock (_lock)
        {
            _report = _report.Merge(one);
            _isUrgent |= one.Triggers.Count > 0 || one.SessionFailures is not null;
        }
    }
}
