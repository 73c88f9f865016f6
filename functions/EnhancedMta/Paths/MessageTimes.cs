namespace EnhancedMta.Paths;

/// <summary>How long messages occupied their connections since the path's row was last changed.</summary>
internal sealed class MessageTimes
{
    /// <summary>How long a message occupies a connection of a path that nobody knows yet.</summary>
    public const double FirstGuessSeconds = 0.2;

    /// <summary>What the newest times count for in the row's average.</summary>
    private const double Weight = 0.2;

    private readonly Lock _lock = new();
    private int _count;
    private double _seconds;

    public void Add(TimeSpan time) => Add(1, time.TotalSeconds);

    public void Add(int count, double seconds)
    {
        lock (_lock)
        {
            _count += count;
            _seconds += seconds;
        }
    }

    /// <summary>All since the last time; what is taken is no longer here.</summary>
    public (int Count, double Seconds) Take()
    {
        lock (_lock)
        {
            var taken = (_count, _seconds);
            (_count, _seconds) = (0, 0);
            return taken;
        }
    }

    public static double? Average(double? before, (int Count, double Seconds) taken) =>
        taken.Count == 0 ? before
        : before is { } known ? known + (Weight * ((taken.Seconds / taken.Count) - known))
        : taken.Seconds / taken.Count;
}
