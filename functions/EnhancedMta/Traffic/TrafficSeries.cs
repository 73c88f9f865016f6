using System.Text.Json.Serialization;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Traffic;

/// <summary>Throughput of a window as a graph shows it: Campaign → Enhanced MTA, and Enhanced MTA → recipients.</summary>
/// <param name="Window">1h, 3h or 24h.</param>
/// <param name="SecondsPerPoint">From one point to the next.</param>
/// <param name="Points">All of the window, empty ones too; the last one is not over yet.</param>
/// <param name="Totals">Of the window.</param>
/// <param name="Rates">On an average of the window.</param>
/// <param name="Peaks">Of its best point, each figure by itself; the last one, which is not over yet, counts by its whole length.</param>
public sealed record TrafficSeries(string Window, int SecondsPerPoint, IReadOnlyList<TrafficPoint> Points, TrafficPoint Totals, TrafficRates Rates, TrafficRates Peaks)
{
    public static TrafficSeries Of(TrafficWindow window, DateTimeOffset now, IEnumerable<MinuteThroughput> minutes)
    {
        ArgumentNullException.ThrowIfNull(window);
        ArgumentNullException.ThrowIfNull(minutes);
        var first = window.FirstAt(now);
        var points = new TrafficPoint[window.Length / window.Step is var count ? (int)count : 0];
        for (var i = 0; i < points.Length; i++)
            points[i] = new TrafficPoint { From = first + i * window.Step };
        foreach (var minute in minutes)
        {
            // Clocks of instances differ a little: a minute may lie ahead of ours.
            var at = (int)Math.Min((minute.Minute - first) / window.Step, points.Length - 1);
            if (minute.Minute >= first)
                points[at] = points[at].Plus(minute);
        }

        var totals = points.Aggregate(new TrafficPoint(), (sum, point) => sum.Plus(point));
        return new TrafficSeries(
            window.Name, (int)window.Step.TotalSeconds, points, totals,
            TrafficRates.Of(totals, now - first), points.Select(p => TrafficRates.Of(p, window.Step)).Aggregate(TrafficRates.Max));
    }
}

/// <summary>What a point counts. Of a path nothing is relayed: Campaign relays to the instance.</summary>
public sealed record TrafficPoint
{
    /// <summary>Where it begins; null for a sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? From { get; init; }

    public long Relayed { get; init; }

    public long RelayedBytes { get; init; }

    public long Delivered { get; init; }

    public long DeliveredBytes { get; init; }

    /// <summary>Failed for good.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that ended in a soft bounce.</summary>
    public long Deferred { get; init; }

    internal TrafficPoint Plus(TrafficPoint other) => this with
    {
        Relayed = Relayed + other.Relayed,
        RelayedBytes = RelayedBytes + other.RelayedBytes,
        Delivered = Delivered + other.Delivered,
        DeliveredBytes = DeliveredBytes + other.DeliveredBytes,
        Failed = Failed + other.Failed,
        Deferred = Deferred + other.Deferred,
    };

    internal TrafficPoint Plus(MinuteThroughput minute) => Plus(new TrafficPoint
    {
        Relayed = minute.Relayed,
        RelayedBytes = minute.RelayedBytes,
        Delivered = minute.Delivered,
        DeliveredBytes = minute.DeliveredBytes,
        Failed = minute.Failed,
        Deferred = minute.Deferred,
    });
}

/// <param name="Relay">Campaign → Enhanced MTA.</param>
/// <param name="Outbound">Enhanced MTA → recipients.</param>
public sealed record TrafficRates(RelayRate Relay, OutboundRate Outbound)
{
    internal static TrafficRates Of(TrafficPoint counts, TimeSpan time)
    {
        var hours = time.TotalHours;
        return new TrafficRates(
            new RelayRate(PerHour(counts.Relayed), Bits(counts.RelayedBytes)),
            new OutboundRate(PerHour(counts.Delivered), Bits(counts.DeliveredBytes), PerHour(counts.Failed), PerHour(counts.Deferred)));

        double PerHour(long count) => Math.Round(count / hours, 1);

        double Bits(long bytes) => Math.Round(8 * bytes / time.TotalSeconds, 1);
    }

    internal static TrafficRates Max(TrafficRates a, TrafficRates b) => new(
        new RelayRate(Math.Max(a.Relay.MessagesPerHour, b.Relay.MessagesPerHour), Math.Max(a.Relay.BitsPerSecond, b.Relay.BitsPerSecond)),
        new OutboundRate(
            Math.Max(a.Outbound.MessagesPerHour, b.Outbound.MessagesPerHour), Math.Max(a.Outbound.BitsPerSecond, b.Outbound.BitsPerSecond),
            Math.Max(a.Outbound.ErrorsPerHour, b.Outbound.ErrorsPerHour), Math.Max(a.Outbound.DeferralsPerHour, b.Outbound.DeferralsPerHour)));
}

/// <param name="MessagesPerHour">Accepted.</param>
/// <param name="BitsPerSecond">Of their content.</param>
public sealed record RelayRate(double MessagesPerHour, double BitsPerSecond);

/// <param name="MessagesPerHour">Delivered: successes only.</param>
/// <param name="BitsPerSecond">Of their content.</param>
/// <param name="ErrorsPerHour">Failed for good.</param>
/// <param name="DeferralsPerHour">Soft bounces, which are tried again.</param>
public sealed record OutboundRate(double MessagesPerHour, double BitsPerSecond, double ErrorsPerHour, double DeferralsPerHour);
