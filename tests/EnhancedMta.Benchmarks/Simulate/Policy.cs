using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>Decides what the sender may do. All leave a path alone with which no session can be had, as the pipeline does.</summary>
internal abstract class Policy(MxRule rule, Random random)
{
    protected MxRule Rule => rule;

    protected Random Random => random;

    public List<PathMove> Moves { get; } = [];

    public abstract PathLimits Limits(DateTimeOffset now);

    public abstract void Report(PathReport report, DateTimeOffset now);

    /// <summary>Without triggers nobody needs to look at words.</summary>
    public virtual IReadOnlyList<ReplyTrigger> Match(string reply) => [];
}

/// <summary>The real controller.</summary>
internal sealed class AdaptivePolicy(MxRule rule, Random random) : Policy(rule, random)
{
    private readonly PathController _controller = new(random);
    private PathControl _control = PathControl.Initial;

    public override PathLimits Limits(DateTimeOffset now) => PathLimits.Of(_control, Rule, now);

    public override void Report(PathReport report, DateTimeOffset now)
    {
        var step = _controller.Next(_control, report, Rule, now);
        _control = step.Control;
        Moves.AddRange(step.Moves);
    }

    public override IReadOnlyList<ReplyTrigger> Match(string reply) => Rule.TriggersFor(ProviderWords.ToReply(reply));
}

/// <summary>The rule's figures, always.</summary>
internal class FixedPolicy(MxRule rule, Random random) : Policy(rule, random)
{
    private Backoff? _backoff;

    public override PathLimits Limits(DateTimeOffset now) => PathLimits.Of(PathControl.Initial with { Backoff = _backoff }, Allowed(now), now);

    public override void Report(PathReport report, DateTimeOffset now)
    {
        if (_backoff is { } past && report.SessionWorkedAt > past.At)
            _backoff = null;
        if (report.SessionFailures is { } failures && !(report.SessionWorkedAt >= failures.At) && !(_backoff?.Until > failures.At))
            _backoff = new Backoff(false, 0, failures.At, default, failures.Cause, failures.Sample).After(_backoff, now, Random);
    }

    protected virtual MxRule Allowed(DateTimeOffset now) => Rule;
}

/// <summary>Knows at any time what the provider would take: no sender does.</summary>
internal sealed class KnowingPolicy(Setting setting, Provider provider, Random random) : FixedPolicy(setting.AboutRight, random)
{
    public override PathLimits Limits(DateTimeOffset now) =>
        provider.LimitAt(now - Sender.Start) is < 1 ? new PathLimits(0, 0, 1, LimitReason.Suspended, null) : base.Limits(now);

    protected override MxRule Allowed(DateTimeOffset now) => Rule with
    {
        MessagesPerHour = provider.LimitAt(now - Sender.Start) is { } limit ? (int)limit : null,
        MinMessagesPerHour = 1,
        MaxConnections = Math.Min(setting.ConnectionLimit, setting.TooHigh.MaxConnections),
    };
}

/// <summary>
/// Backs off and returns at once, as the overrides of PowerMTA and KumoMTA do: a trigger puts its figure in force for its time, and then the rule's
/// own holds again.
/// </summary>
internal sealed class OnOffPolicy(MxRule rule, Random random) : FixedPolicy(rule, random)
{
    private readonly Dictionary<string, List<DateTimeOffset>> _hits = [];
    private readonly Dictionary<TriggerAction, (double Value, DateTimeOffset Until)> _overrides = [];

    public override IReadOnlyList<ReplyTrigger> Match(string reply) => Rule.TriggersFor(ProviderWords.ToReply(reply));

    public override void Report(PathReport report, DateTimeOffset now)
    {
        base.Report(report, now);
        foreach (var hits in report.Triggers)
        {
            var trigger = Rule.Triggers.First(t => t.Id == hits.TriggerId);
            var all = _hits.TryGetValue(trigger.Id, out var known) ? known : _hits[trigger.Id] = [];
            all.AddRange(Enumerable.Repeat(hits.At, Math.Min(hits.Count, trigger.Count)));
            all.RemoveAll(t => t <= now - trigger.Within);
            if (all.Count < trigger.Count)
                continue;
            all.Clear();
            _overrides[trigger.Action] = (Value(trigger), now + trigger.Duration);
        }
    }

    public override PathLimits Limits(DateTimeOffset now) =>
        Override(TriggerAction.Suspend, now) is null ? base.Limits(now) : new PathLimits(0, 0, 1, LimitReason.Suspended, _overrides[TriggerAction.Suspend].Until);

    protected override MxRule Allowed(DateTimeOffset now) => Rule with
    {
        MessagesPerHour = Override(TriggerAction.Rate, now) is { } rate ? (int)rate : Rule.MessagesPerHour,
        MaxConnections = Override(TriggerAction.Connections, now) is { } connections ? Math.Max(1, (int)connections) : Rule.MaxConnections,
    };

    private double? Override(TriggerAction action, DateTimeOffset now) => _overrides.TryGetValue(action, out var o) && o.Until > now ? o.Value : null;

    private double Value(ReplyTrigger trigger) => !trigger.IsShare ? trigger.Value
        : trigger.Value * (trigger.Action == TriggerAction.Connections ? Rule.MaxConnections : Rule.MessagesPerHour ?? 600);
}
