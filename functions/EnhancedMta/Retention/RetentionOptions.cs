namespace EnhancedMta.Retention;

/// <summary>How long what is kept, from when it last changed. A delivery's declaration and its counters are kept for ever: its Summary survives its rows.</summary>
public sealed record RetentionOptions
{
    /// <summary>A message may be open for 3.5 days and its copy be tried until the seventh: nothing of it goes before.</summary>
    public const int LeastDays = 8;

    /// <summary>Messages of the sending log, with their history; throughput by the minute, of deliveries, paths and the instance.</summary>
    public TimeSpan Log { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Feed pages, and the index by which they are read.</summary>
    public TimeSpan Feed { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Packs, and bounce mails that were not worked on.</summary>
    public TimeSpan Content { get; init; } = TimeSpan.FromDays(LeastDays);

    /// <summary>Incidents; paths that nobody uses, and moves of paths; warm-up of egresses that are gone.</summary>
    public TimeSpan State { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Answers by Idempotency-Key.</summary>
    public TimeSpan Requests { get; init; } = TimeSpan.FromDays(7);
}
