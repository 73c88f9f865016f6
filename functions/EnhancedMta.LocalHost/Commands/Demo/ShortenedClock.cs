namespace EnhancedMta.LocalHost.Commands.Demo;

/// <summary>Real time plus an offset that grows: days of waiting for retries pass in seconds. Timers and durations stay real.</summary>
internal sealed class ShortenedClock : TimeProvider
{
    private long _offset;

    /// <summary>How far it is ahead of real time.</summary>
    public TimeSpan Ahead => new(Interlocked.Read(ref _offset));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    /// <summary>Never goes back.</summary>
    public void AdvanceTo(DateTimeOffset moment)
    {
        var missing = moment - GetUtcNow();
        if (missing > TimeSpan.Zero) Interlocked.Add(ref _offset, missing.Ticks);
    }
}
