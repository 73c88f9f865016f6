using EnhancedMta.Copies;
using EnhancedMta.Deliveries;
using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Kpis;

/// <summary>A delivery's KPIs as Campaign counts them.</summary>
public sealed record Summary
{
    /// <summary>Campaign's "to deliver": declared, or what was relayed when that is more.</summary>
    public required long ToDeliver { get; init; }

    public required long Relayed { get; init; }

    public required long Sent { get; init; }

    public required long Failed { get; init; }

    /// <summary>Starts at 100 and only falls: whatever has not failed counts.</summary>
    public required double SuccessPercent { get; init; }

    public required long Delivered { get; init; }

    /// <summary>Starts at 0 and rises with each message that a recipient's MX took.</summary>
    public required double DeliveredPercent { get; init; }

    /// <summary>Not tried yet.</summary>
    public required long Queued { get; init; }

    public required long WaitingForRetry { get; init; }

    public required long SoftBounced { get; init; }

    public required long Retried { get; init; }

    public required long Expired { get; init; }

    /// <summary>Upper bound of messages that were handed over twice.</summary>
    public required long PossibleRepeats { get; init; }

    /// <summary>Recipients who complained or unsubscribed: reason 8 for Campaign. They do not undo the delivery.</summary>
    public required long Complaints { get; init; }

    public required IReadOnlyList<FailureCount> FailuresByReason { get; init; }

    /// <summary>Copies to the archive address; null when there are none. They count in nothing above.</summary>
    public CopyCounts? Copies { get; init; }

    public static Summary Of(Delivery delivery, Counters counters)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        ArgumentNullException.ThrowIfNull(counters);
        var toDeliver = delivery.Stopped ? counters.Relayed : Math.Max(delivery.ExpectedSize ?? 0, counters.Relayed);
        return new Summary
        {
            ToDeliver = toDeliver,
            Relayed = counters.Relayed,
            Sent = counters.Sent,
            Failed = counters.Failed,
            SuccessPercent = toDeliver == 0 ? 100 : Percent(toDeliver - counters.Failed, toDeliver),
            Delivered = counters.Delivered,
            DeliveredPercent = Percent(counters.Delivered, toDeliver),
            Queued = counters.Open - counters.Waiting,
            WaitingForRetry = counters.Waiting,
            SoftBounced = counters.SoftBounced,
            Retried = counters.Retried,
            Expired = counters.Expired,
            PossibleRepeats = counters.PossibleRepeats,
            Complaints = counters.Complaints,
            Copies = counters.CopiesSent + counters.CopiesFailed > 0 ? new CopyCounts(counters.CopiesSent, counters.CopiesFailed) : null,
            FailuresByReason =
            [
                .. counters.FailedByReason.OrderByDescending(f => f.Value).Select(f => new FailureCount(
                    f.Key, ((CampaignReason)f.Key).Label(), f.Value, Percent(f.Value, counters.Failed), Percent(f.Value, counters.Relayed))),
            ],
        };
    }

    private static double Percent(long part, long whole) => whole == 0 ? 0 : 100.0 * part / whole;
}

/// <param name="Reason">Campaign's number.</param>
/// <param name="Label">Campaign's words.</param>
/// <param name="Count">Failed messages.</param>
/// <param name="PercentOfErrors">Of all failed ones.</param>
/// <param name="PercentOfProcessed">Of all relayed ones.</param>
public sealed record FailureCount(int Reason, string Label, long Count, double PercentOfErrors, double PercentOfProcessed);
