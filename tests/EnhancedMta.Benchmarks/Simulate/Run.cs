using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Benchmarks.Simulate;

/// <summary>What came of one policy in one setting.</summary>
internal sealed class Run(Setting setting, int messages)
{
    private const int SlicesToRecover = 6;

    private int _deliveredInSlice;

    public int Messages => messages;

    /// <summary>Delivered, refused for good, or expired.</summary>
    public int Finished { get; set; }

    public int DeliveredInTime { get; private set; }

    public int Expired { get; set; }

    public int Failed { get; set; }

    public int Attempts { get; set; }

    /// <summary>Replies against the way we send: throttled, put off or blocked for reputation, too many connections.</summary>
    public int Objections { get; set; }

    /// <summary>Those of them that refuse for good.</summary>
    public int Blocks { get; set; }

    /// <summary>When nine tenths of all messages were delivered; null when they never were.</summary>
    public TimeSpan? NineTenths { get; private set; }

    public IReadOnlyList<PathMove> Moves { get; set; } = [];

    public List<SlicePoint> Slices { get; } = [];

    /// <summary>From the end of the disturbance until half an hour's deliveries reach nine tenths of the full limit, or nothing is left to send.</summary>
    public TimeSpan? Recovery { get; private set; }

    public void Delivered(TimeSpan time)
    {
        Finished++;
        DeliveredInTime++;
        _deliveredInSlice++;
        if (NineTenths is null && DeliveredInTime >= 0.9 * messages)
            NineTenths = time;
    }

    public void EndSlice(TimeSpan time, PathLimits limits, double? hidden, double reputation, int left)
    {
        Slices.Add(new SlicePoint(time, _deliveredInSlice * 12, limits, hidden, reputation));
        _deliveredInSlice = 0;
        if (Recovery is not null || setting.RecoversFrom is not { } over || time < over)
            return;
        var lately = Slices.Where(s => s.Time > over && s.Time > time - SliceCounts.Length * SlicesToRecover).ToList();
        var full = setting.HourlyLimit!(time);
        if ((left == 0 && Blocks == 0) || (lately.Count == SlicesToRecover && lately.Average(s => s.PerHour) >= 0.9 * full))
            Recovery = time - over;
    }
}

/// <param name="Time">End of the slice.</param>
/// <param name="PerHour">Delivered in it, times twelve.</param>
/// <param name="Limits">That hold at its end.</param>
/// <param name="Hidden">The provider's hourly limit.</param>
/// <param name="Reputation">1 is the best.</param>
internal sealed record SlicePoint(TimeSpan Time, int PerHour, PathLimits Limits, double? Hidden, double Reputation);
