using EnhancedMta.Breakdowns;

namespace EnhancedMta.Kpis;

/// <summary>A provider's or a domain's part of a delivery.</summary>
public sealed record Share
{
    /// <summary>Recipient domain; null where it is not told, as in the sum of the smaller ones.</summary>
    public string? Domain { get; init; }

    /// <summary>Whose the site is; <c>others</c> for one that nobody named; null before a first attempt found it, and for several.</summary>
    public string? Provider { get; init; }

    public required long Relayed { get; init; }

    public required long Delivered { get; init; }

    public required long Failed { get; init; }

    /// <summary>Between two attempts now.</summary>
    public required long Waiting { get; init; }

    /// <summary>Attempts that ended in a soft bounce.</summary>
    public required long Deferred { get; init; }

    /// <summary>What has not failed, of what was relayed.</summary>
    public required double SuccessPercent { get; init; }

    public required double DeliveredPercent { get; init; }

    internal static Share Of(string? domain, string? provider, MessageTally tally) => new()
    {
        Domain = domain,
        Provider = provider,
        Relayed = tally.Relayed,
        Delivered = tally.Delivered,
        Failed = tally.Failed,
        Waiting = tally.Waiting,
        Deferred = tally.Deferred,
        SuccessPercent = tally.Relayed == 0 ? 100 : Summary.Percent(tally.Relayed - tally.Failed, tally.Relayed),
        DeliveredPercent = Summary.Percent(tally.Delivered, tally.Relayed),
    };
}

/// <summary>An hour of a delivery, or a day.</summary>
/// <param name="Hour">Where the hour begins; null for a day.</param>
/// <param name="Day">Where the day (UTC) begins; null for an hour.</param>
/// <param name="Relayed">Accepted in it.</param>
/// <param name="Delivered">Delivered in it, and not bounced since.</param>
/// <param name="Failed">Failed in it.</param>
/// <param name="Deferred">Attempts in it that ended in a soft bounce.</param>
public sealed record TimeShare(DateTimeOffset? Hour, DateTimeOffset? Day, long Relayed, long Delivered, long Failed, long Deferred)
{
    internal static TimeShare OfHour(DateTimeOffset hour, HourTally counts) => new(hour, null, counts.Relayed, counts.Delivered, counts.Failed, counts.Deferred);

    internal static TimeShare OfDay(DateTimeOffset? day, HourTally counts) => new(null, day, counts.Relayed, counts.Delivered, counts.Failed, counts.Deferred);
}

/// <summary>Seconds from acceptance to the recipient's MX taking the message, within <see cref="LatencyHistogram.RelativeError"/> of each.</summary>
public sealed record TimeToDeliver(double P50, double P95, double P99)
{
    internal static TimeToDeliver? Of(LatencyHistogram histogram) =>
        histogram.Percentile(0.5) is { } half && histogram.Percentile(0.95) is { } most && histogram.Percentile(0.99) is { } nearlyAll
            ? new TimeToDeliver(Round(half), Round(most), Round(nearlyAll)) : null;

    private static double Round(TimeSpan time) => Math.Round(time.TotalSeconds, 3);
}
