using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

internal enum CeilingKind
{
    Connections,
    MessagesPerHour,
    MessagesPerConnection,
}

/// <summary>Where a ceiling may be.</summary>
/// <param name="Min">Adaptation goes no lower.</param>
/// <param name="Max">The rule's figure; null for none.</param>
internal readonly record struct CeilingBounds(int Min, int? Max)
{
    public static CeilingBounds Of(MxRule rule, CeilingKind kind)
    {
        var (min, max) = kind switch
        {
            CeilingKind.Connections => (rule.MinConnections, (int?)rule.MaxConnections),
            CeilingKind.MessagesPerHour => (rule.MinMessagesPerHour, rule.MessagesPerHour),
            _ => (1, rule.MaxMessagesPerConnection),
        };
        return new CeilingBounds(Math.Max(1, Math.Min(min, max ?? int.MaxValue)), max);
    }

    public int Clamp(double value) => (int)Math.Clamp(value, Min, Max ?? int.MaxValue);
}

/// <summary>
/// A figure that adaptation lowered, and what it remembers to win it back: as BIC-TCP does (Xu, Harfoush, Rhee 2004), half the way to the level that was
/// objected to, ever smaller steps near it, a careful step over it, and growing ones beyond.
/// </summary>
public sealed record Ceiling
{
    internal static readonly TimeSpan Settle = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(24);
    private static readonly TimeSpan ProvesAfter = TimeSpan.FromMinutes(30);
    private const int LongestPatience = 8;
    private const int MostStepsBack = 2;
    private const double SmallestStep = 0.05;
    private const double LargestStep = 0.25;

    /// <summary>What holds.</summary>
    public int Value { get; init; }

    /// <summary>The rule's own figure. Reached, and in use for a while without objection, the ceiling is forgotten.</summary>
    public int Top { get; init; }

    /// <summary>What the last lowering was reckoned from: all objections of that burst take their share of it.</summary>
    public int Base { get; init; }

    public DateTimeOffset LoweredAt { get; init; }

    /// <summary>Not raised before.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Level at which the remote last objected, as far as known.</summary>
    public int? ObjectedTo { get; init; }

    public DateTimeOffset ObjectedAt { get; init; }

    /// <summary>Level that was in use for a while without objection.</summary>
    public int? Proven { get; init; }

    /// <summary>The last lowering was a step back only, not what the objection asks for.</summary>
    public bool IsStepBack { get; init; }

    /// <summary>What the objections of the burst asked for that a step back answers: it is due should one come among them that is not mild.</summary>
    public int? Asked { get; init; }

    /// <summary>Steps back in a row; after some, objections get what they ask for.</summary>
    public int StepsBack { get; init; }

    /// <summary>Of the next raise beyond known levels.</summary>
    public int Step { get; init; }

    /// <summary>Hours from an objection to the next try above its level; doubles with each.</summary>
    public int Patience { get; init; }

    /// <summary>Lower, for an objection.</summary>
    /// <param name="was">Null while the rule's figure holds.</param>
    /// <param name="objection">The cause.</param>
    /// <param name="base">What a share is taken of: what holds, or the pace at which the path really went.</param>
    /// <param name="pace">What the remote took lately, in the same unit; null when that is not measured.</param>
    /// <param name="top">The rule's figure, or one that stands for it.</param>
    /// <param name="bounds">Of the rule.</param>
    /// <param name="now">When it takes effect.</param>
    internal static Ceiling Lower(Ceiling? was, Objection objection, int @base, double? pace, int top, CeilingBounds bounds, DateTimeOffset now)
    {
        if (was is not null && objection.At < was.LoweredAt + Settle)
            return was.SameBurst(objection, bounds);

        var current = was?.Value ?? bounds.Max ?? int.MaxValue;
        var target = Math.Min(current, bounds.Clamp(objection.Target(@base)));
        var step = SmallStep(was?.ObjectedTo ?? @base);
        var lowered = new Ceiling
        {
            Top = top,
            Base = @base,
            LoweredAt = now,
            Until = now + objection.Duration,
            ObjectedAt = now,
            Step = step,
        };
        // This level, or the one before the last raise, was fine for a while: one step back may be enough.
        var back = was?.Proven is { } proven && was.StepsBack < MostStepsBack && objection.IsMild
            ? bounds.Clamp(Math.Min(proven < current ? proven - step / 2 : current - step, current - step)) : 0;
        if (back > target)
            return lowered with
            {
                Value = back,
                IsStepBack = true,
                Asked = target,
                StepsBack = was!.StepsBack + 1,
                Patience = Math.Min(LongestPatience, 2 * Math.Max(1, was.Patience)),
                Proven = Math.Min(was.Proven!.Value, back),
                ObjectedTo = Math.Max(back, (int)Math.Min(pace ?? current, current)),
            };
        // Within an hour the remote took this much, whatever we allow ourselves by now.
        var known = pace is { } went && was?.ObjectedTo is { } before ? (int)Math.Max(@base, Math.Min(went, before)) : @base;
        return lowered with { Value = target, ObjectedTo = known };
    }

    private Ceiling SameBurst(Objection objection, CeilingBounds bounds)
    {
        var target = bounds.Clamp(objection.Target(Base));
        if (IsStepBack && objection.IsMild)
            return this with { Asked = Math.Min(Asked ?? target, target) };
        var until = LoweredAt + objection.Duration;
        var lowered = this with { Value = Math.Min(Value, target), Until = until > Until ? until : Until };
        // Whichever piece of the burst comes first: a step back is no answer to it any more.
        return !IsStepBack ? lowered
            : lowered with { Value = Math.Min(lowered.Value, Asked ?? lowered.Value), IsStepBack = false, Asked = null, StepsBack = 0, Patience = 0, Proven = null };
    }

    /// <summary>After a quiet while at this level.</summary>
    /// <param name="used">The path came near this level.</param>
    /// <param name="changed">When a ceiling of the path last changed.</param>
    /// <param name="now">The time.</param>
    internal Ceiling Quiet(bool used, DateTimeOffset changed, DateTimeOffset now)
    {
        if (!used || now - changed < ProvesAfter)
            return this;
        return ObjectedTo is { } level && level <= Value
            ? this with { Proven = Value, StepsBack = 0, ObjectedTo = null, Patience = 0, Step = Math.Min(2 * SmallStep(Value), LargeStep) }
            : this with { Proven = Value, StepsBack = 0 };
    }

    /// <summary>One step up, or the same when it is not time for it. The caller sees to it that an hour has passed.</summary>
    /// <param name="used">The path came near this level in the hour.</param>
    /// <param name="now">The time.</param>
    internal Ceiling Raise(bool used, DateTimeOffset now)
    {
        if (now < Until || Value >= Top)
            return this;
        if (ObjectedTo is not { } level || IsForgotten(now))
        {
            // Unknown land: at most a quarter more at a time, however long the last steps went well.
            var careful = Math.Clamp(Step, 1, Math.Max(1, Value / 4));
            return this with { Value = Plus(careful), ObjectedTo = null, Patience = 0, Step = Math.Min(2 * careful, LargeStep) };
        }
        var smallest = SmallStep(level);
        if (Value + smallest < level)
            return this with { Value = Plus(Math.Clamp((level - Value) / 2, smallest, Math.Max(smallest, LargeStep))) };
        // Over the level only when there is use for it, and less often each time it is objected to.
        var patience = TimeSpan.FromHours(Math.Max(1, Patience));
        return used && now - ObjectedAt >= patience ? this with { Value = Plus(smallest) } : this;
    }

    /// <summary>The rule's figure holds and nothing speaks against it any more.</summary>
    internal bool IsOver(DateTimeOffset now) => Value >= Top && now >= Until && (ObjectedTo is null || IsForgotten(now));

    private bool IsForgotten(DateTimeOffset now) => now - ObjectedAt >= Remembered;

    private int LargeStep => Math.Max(1, (int)(Top * LargestStep));

    private int Plus(int step) => (int)Math.Min((long)Value + step, Top);

    private static int SmallStep(int level) => Math.Max(1, (int)(level * SmallestStep));
}
