namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Pauses between looks at an empty queue: from 100 ms, doubling up to a longest one, ±20 % so that hosts spread out.</summary>
internal sealed class PollingBackoff(TimeSpan longest, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private TimeSpan _next = Shortest;

    public void Reset() => _next = Shortest;

    public TimeSpan Next()
    {
        var pause = _next * (0.8 + 0.4 * random.NextDouble());
        _next = _next * 2 < longest ? _next * 2 : longest;
        return pause < longest ? pause : longest;
    }
}
