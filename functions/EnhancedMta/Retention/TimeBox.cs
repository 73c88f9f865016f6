namespace EnhancedMta.Retention;

/// <summary>The time that one run may take: what is left over is the next run's.</summary>
internal sealed class TimeBox(TimeProvider clock, TimeSpan limit)
{
    private readonly long _began = clock.GetTimestamp();

    public bool IsOver => clock.GetElapsedTime(_began) >= limit;
}
