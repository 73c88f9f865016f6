using EnhancedMta.Breakdowns;
using EnhancedMta.Deliveries;
using EnhancedMta.Kpis.Domains;
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

    /// <summary>Campaign's indicator hardBounce: failed for reason 1.</summary>
    public required long HardBounces { get; init; }

    /// <summary>Campaign's indicator softBounce: failed for reason 2, 3, 4, 5, 6 or 20.</summary>
    public required long SoftBounces { get; init; }

    public required IReadOnlyList<FailureCount> FailuresByReason { get; init; }

    /// <summary>Null while nothing is delivered.</summary>
    public TimeToDeliver? TimeToDeliverSeconds { get; init; }

    /// <summary>The largest first. Null where only totals were asked for, like what follows.</summary>
    public IReadOnlyList<Share>? ByProvider { get; init; }

    /// <summary>The largest domains, and the sum of the others as the last, without a name.</summary>
    public IReadOnlyList<Share>? ByDomain { get; init; }

    /// <summary>The newest hours with anything to count.</summary>
    public IReadOnlyList<TimeShare>? ByHour { get; init; }

    /// <summary>Days before these hours; the first one without a date sums up what is older. Null for a delivery that is not so old.</summary>
    public IReadOnlyList<TimeShare>? ByDay { get; init; }

    /// <summary>Up to when domains are counted, if that lags behind the totals; null when all is as of now.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>When the last message will have been tried, as far as plans and pace tell; null when nothing waits or nothing can be told.</summary>
    public DateTimeOffset? EstimatedFinish { get; init; }

    private static readonly CampaignReason[] SoftReasons =
    [
        CampaignReason.InvalidDomain, CampaignReason.Unreachable, CampaignReason.AccountDisabled, CampaignReason.MailboxFull, CampaignReason.NotConnected,
        CampaignReason.Refused,
    ];

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
            HardBounces = FailedFor(counters, CampaignReason.UserUnknown),
            SoftBounces = FailedFor(counters, SoftReasons),
            TimeToDeliverSeconds = TimeToDeliver.Of(counters.Breakdown.TimeToDeliver),
            FailuresByReason =
            [
                .. counters.FailedByReason.OrderByDescending(f => f.Value).Select(f => new FailureCount(
                    f.Key, ((CampaignReason)f.Key).Label(), f.Value, Percent(f.Value, counters.Failed), Percent(f.Value, counters.Relayed))),
            ],
        };
    }

    internal Summary With(Counters counters, DomainRanking? ranking, DateTimeOffset? asOf)
    {
        var line = counters.Breakdown.TimeLine;
        var known = counters.Breakdown.Providers.Select(p => Share.Of(null, p.Key, p.Value)).ToList();
        var all = new MessageTally(counters.Relayed, counters.Delivered, counters.Failed, counters.Waiting, line.Total.Deferred);
        var unknown = counters.Breakdown.Providers.Values.Aggregate(all, (rest, tally) => rest - tally);
        List<TimeShare> days = [.. line.Days.Select(d => TimeShare.OfDay(d.Day, d.Counts))];
        if (line.Earlier != default)
            days.Insert(0, TimeShare.OfDay(null, line.Earlier));
        return this with
        {
            ByProvider = [.. known.Concat(unknown == default ? [] : [Share.Of(null, null, unknown)]).OrderByDescending(p => p.Relayed)],
            ByDomain = ranking is null ? [] : Domains(ranking),
            ByHour = [.. line.Hours.Select(h => TimeShare.OfHour(h.Hour, h.Counts))],
            ByDay = days.Count == 0 ? null : days,
            AsOf = asOf,
        };
    }

    private static IReadOnlyList<Share> Domains(DomainRanking ranking)
    {
        var rest = ranking.Top.Aggregate(ranking.All, (left, domain) => left - domain.Tally.Counts);
        return [.. ranking.Top.Select(d => Share.Of(d.Domain, d.Tally.Provider, d.Tally.Counts)), .. rest == default ? [] : new[] { Share.Of(null, null, rest) }];
    }

    private static long FailedFor(Counters counters, params IEnumerable<CampaignReason> reasons) => reasons.Sum(r => counters.FailedByReason.GetValueOrDefault((int)r));

    internal static double Percent(long part, long whole) => whole == 0 ? 0 : 100.0 * part / whole;
}

/// <param name="Reason">Campaign's number.</param>
/// <param name="Label">Campaign's words.</param>
/// <param name="Count">Failed messages.</param>
/// <param name="PercentOfErrors">Of all failed ones.</param>
/// <param name="PercentOfProcessed">Of all relayed ones.</param>
public sealed record FailureCount(int Reason, string Label, long Count, double PercentOfErrors, double PercentOfProcessed);
