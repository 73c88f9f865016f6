namespace EnhancedMta.Ingestion;

/// <summary>
/// A large request whose lines are all there would be parsed without a pause, a thread of the pool's few being gone for tens of milliseconds. After each short
/// stretch it goes to the end of the pool's line instead: a transactional message, which passes that line at each of its steps, waits for no more than that.
/// </summary>
internal sealed class ParsingStretches(TimeProvider clock)
{
    /// <summary>A few lines of 10 KB; going to the end of the line takes a thousandth of it.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromMilliseconds(1);

    private long _began = clock.GetTimestamp();

    /// <summary>Lets others go on where the stretch has taken its time.</summary>
    public ValueTask PauseAsync() => clock.GetElapsedTime(_began) < Length ? ValueTask.CompletedTask : YieldAsync();

    private async ValueTask YieldAsync()
    {
        await Task.Yield();
        _began = clock.GetTimestamp();
    }
}
