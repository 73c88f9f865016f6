namespace EnhancedMta.Feedback;

/// <summary>Times of collecting; no app settings.</summary>
public sealed record FeedOptions
{
    /// <summary>Between two runs while events come: what an event waits at most to be readable, beside the queue's own time.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A mark is taken away when its partition had nothing new for so long.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromMinutes(2);
}
