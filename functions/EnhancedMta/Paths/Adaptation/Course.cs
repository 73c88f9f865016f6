using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>One call of <see cref="PathController.Next"/>: the state as it changes, and the moves so far.</summary>
internal sealed class Course(PathControl start, MxRule rule, DateTimeOffset now)
{
    private readonly List<PathMove> _moves = [];

    public MxRule Rule => rule;

    public DateTimeOffset Now => now;

    /// <summary>May be set for what nobody needs to see: counts, memory.</summary>
    public PathControl Control { get; set; } = start;

    public PathStep Done => new(Control, _moves);

    public void Move(PathControl after, MoveCause cause, string? by = null, string? sample = null, DateTimeOffset? until = null) =>
        Add(PathMove.Between(Control, now, after, now, rule, cause) with { By = by, Sample = Sample.Cut(sample), Until = until }, after);

    /// <summary>Something ran out: what held before it did is what held at that time.</summary>
    public void MoveFrom(DateTimeOffset held, PathControl after, MoveCause cause, string? by) =>
        Add(PathMove.Between(Control, held, after, now, rule, cause) with { By = by }, after);

    private void Add(PathMove move, PathControl after)
    {
        _moves.Add(move);
        Control = after;
    }
}
