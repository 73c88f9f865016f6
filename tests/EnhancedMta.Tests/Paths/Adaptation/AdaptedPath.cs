using System.Text.RegularExpressions;
using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Tests.Paths.Adaptation;

/// <summary>A path under a clock that a test turns.</summary>
internal sealed class AdaptedPath(MxRule rule)
{
    public static readonly DateTimeOffset Start = new(2026, 9, 7, 12, 0, 0, TimeSpan.Zero);

    private readonly PathController _controller = new(new Random(1));

    public MxRule Rule { get; set; } = rule;

    public PathControl Control { get; set; } = PathControl.Initial;

    public DateTimeOffset Now { get; set; } = Start;

    public List<PathMove> Moves { get; } = [];

    public PathLimits Limits => PathLimits.Of(Control, Rule, Now);

    public PathMode Mode => Control.ModeAt(Now);

    public static MxRule NewRule(int? perHour = 1_200, int connections = 10, params ReplyTrigger[] triggers) => new()
    {
        Id = "test",
        MaxConnections = connections,
        MaxMessagesPerConnection = 100,
        MessagesPerHour = perHour,
        Triggers = triggers,
    };

    public static ReplyTrigger Trigger(string id, TriggerAction action, double value = 0.5, bool isShare = true, int count = 1, int minutes = 30) => new(
        id, new Regex($@"\[{id}\]", RegexOptions.NonBacktracking), count, TimeSpan.FromHours(1), action, value, isShare, TimeSpan.FromMinutes(minutes), [$"421 4.7.0 [{id}] slow down"]);

    public IReadOnlyList<PathMove> Report(PathReport report)
    {
        var step = _controller.Next(Control, report, Rule, Now);
        Control = step.Control;
        Moves.AddRange(step.Moves);
        return step.Moves;
    }

    public void Take(PathStep step)
    {
        Control = step.Control;
        Moves.AddRange(step.Moves);
    }

    public IReadOnlyList<PathMove> Hit(string id, int count = 1, DateTimeOffset? at = null) =>
        Report(new PathReport { Triggers = [new TriggerHits(id, count, at ?? Now, $"421 4.7.0 [{id}] slow down")] });

    public IReadOnlyList<PathMove> Answers(int delivered = 0, int deferred = 0, int throttled = 0, int blocked = 0, int addressOnly = 0, int complaints = 0) => Report(new PathReport
    {
        At = Now,
        Delivered = delivered,
        AddressOnly = addressOnly,
        Deferred = new Answers(deferred, deferred > 0 ? "451 4.3.0 later" : null),
        Throttled = new Answers(throttled, throttled > 0 ? "451 4.7.1 too fast" : null),
        Blocked = new Answers(blocked, blocked > 0 ? "554 5.7.1 spam" : null),
        DeferredInRow = delivered + throttled + blocked + addressOnly == 0 ? deferred : 0,
        Complaints = complaints,
        AnsweredAt = delivered + throttled + blocked + addressOnly > 0 ? Now : null,
        SessionWorkedAt = Now,
    });

    public IReadOnlyList<PathMove> NoSession(DateTimeOffset? at = null) =>
        Report(new PathReport { SessionFailures = new SessionFailures(1, at ?? Now, "ConnectRefused", null) });

    public IReadOnlyList<PathMove> Session() => Report(new PathReport { SessionWorkedAt = Now });

    public IReadOnlyList<PathMove> Pass(TimeSpan time)
    {
        Now += time;
        return Report(PathReport.Empty);
    }

    public IReadOnlyList<PathMove> Minutes(double minutes) => Pass(TimeSpan.FromMinutes(minutes));

    /// <summary>Hours in which all that is allowed is delivered, told every five minutes.</summary>
    public void GoodHours(double hours)
    {
        for (var slice = 0; slice < hours * 12; slice++)
        {
            Now += TimeSpan.FromMinutes(5);
            if (!Limits.IsHeld)
                Answers(delivered: Math.Max(1, Math.Min(Limits.MessagesPerHour ?? 12_000, 60_000) / 12));
            else
                Report(PathReport.Empty);
        }
    }
}
