namespace EnhancedMta.Paths.Adaptation;

/// <summary>Answers of five minutes, numbered from Unix time as the slices in which a rate is enforced.</summary>
public readonly record struct SliceCounts(long Number, int Delivered, int AddressOnly, int Deferred, int Throttled, int Blocked)
{
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    public static long NumberOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / (long)Length.TotalSeconds;

    /// <summary>Messages that the remote did not object to for the path's sake.</summary>
    internal int Carried => Delivered + AddressOnly;

    /// <summary>What a share is reckoned of.</summary>
    internal int Judged => Delivered + Deferred + Throttled + Blocked;

    internal static SliceCounts Sum(SliceCounts a, SliceCounts b) => a with
    {
        Delivered = a.Delivered + b.Delivered,
        AddressOnly = a.AddressOnly + b.AddressOnly,
        Deferred = a.Deferred + b.Deferred,
        Throttled = a.Throttled + b.Throttled,
        Blocked = a.Blocked + b.Blocked,
    };
}

/// <summary>The last hour of a path, by slices of five minutes.</summary>
internal static class RecentTraffic
{
    public const int Slices = 12;

    /// <summary>With the report's answers; older slices fall out.</summary>
    public static IReadOnlyList<SliceCounts> Add(IReadOnlyList<SliceCounts> slices, PathReport report, DateTimeOffset now)
    {
        var newest = SliceCounts.NumberOf(now);
        if (report.Attempts == 0)
            return slices.Any(s => s.Number <= newest - Slices) ? [.. slices.Where(s => s.Number > newest - Slices)] : slices;
        var number = Math.Clamp(SliceCounts.NumberOf(report.At), newest - Slices + 1, newest);
        var added = new SliceCounts(number, report.Delivered, report.AddressOnly, report.Deferred.Count, report.Throttled.Count, report.Blocked.Count);
        return
        [
            .. slices.Append(added).Where(s => s.Number > newest - Slices)
                .GroupBy(s => s.Number).OrderBy(g => g.Key).Select(g => g.Aggregate(SliceCounts.Sum)),
        ];
    }

    /// <summary>All answers from a slice on, within the hour before a time.</summary>
    public static SliceCounts Sum(IReadOnlyList<SliceCounts> slices, long from, DateTimeOffset time)
    {
        var newest = SliceCounts.NumberOf(time);
        return slices.Where(s => s.Number >= from && s.Number > newest - Slices && s.Number <= newest).Aggregate(default(SliceCounts), SliceCounts.Sum);
    }

    /// <summary>Messages that the remote took in the hour before a time.</summary>
    public static int CarriedInHour(IReadOnlyList<SliceCounts> slices, DateTimeOffset time) => Sum(slices, 0, time).Carried;

    /// <summary>
    /// Messages per hour at which the path went lately: the hour's, or since it began to send when that is less. While the remote objects
    /// this is the best guess at what it allows.
    /// </summary>
    public static double Pace(IReadOnlyList<SliceCounts> slices, DateTimeOffset time)
    {
        var hour = slices.Where(s => s.Number > SliceCounts.NumberOf(time) - Slices && s.Carried > 0).ToList();
        if (hour.Count == 0)
            return 0;
        var began = DateTimeOffset.FromUnixTimeSeconds(hour[0].Number * (long)SliceCounts.Length.TotalSeconds);
        var span = time - began;
        return hour.Sum(s => (double)s.Carried) * (TimeSpan.FromHours(1) / (span > SliceCounts.Length ? span : SliceCounts.Length));
    }
}
