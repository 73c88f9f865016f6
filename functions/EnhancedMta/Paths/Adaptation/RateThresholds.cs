using EnhancedMta.MxRules;

namespace EnhancedMta.Paths.Adaptation;

/// <summary>
/// Shares that count as an objection without any words being known. A share alone is noise when little was sent: each also needs so many bad
/// answers. Figures follow Momentum's sweep rules (blocks 3 % and 10 %, complaints 0.2 % and 0.5 %, suspension of 4 hours) with a smaller sample,
/// since a path here may be one site of one egress.
/// </summary>
internal static class RateThresholds
{
    private const int MinJudged = 100;
    private const int MinDelivered = 2_000;
    private const int MinBad = 10;

    private static readonly TimeSpan Lowered = TimeSpan.FromHours(1);
    private static readonly TimeSpan Suspended = TimeSpan.FromHours(4);

    // Feedback loops need this long until complaints are about messages sent after a move.
    internal static readonly TimeSpan ComplaintDelay = TimeSpan.FromHours(6);

    private const double BlockedLow = 0.03;
    private const double BlockedHigh = 0.10;
    private const double ThrottledLow = 0.05;
    private const double DeferredLow = 0.20;
    private const double ComplaintsLow = 0.002;
    private const double ComplaintsHigh = 0.005;

    /// <summary>Objections by the shares of the last hour, and of a day for complaints.</summary>
    /// <param name="judged">Answers since the last move, of at most an hour.</param>
    /// <param name="complaints">Of about a day.</param>
    /// <param name="report">For samples.</param>
    /// <param name="now">The time.</param>
    public static IEnumerable<Objection> Find(SliceCounts judged, ComplaintRecord complaints, PathReport report, DateTimeOffset now)
    {
        if (judged.Judged >= MinJudged)
        {
            if (Is(judged.Blocked, judged.Judged, BlockedHigh))
                yield return new(MoveCause.Blocks, null, TriggerAction.Suspend, 0, false, Suspended, false, report.Blocked.Sample, now);
            else if (Is(judged.Blocked, judged.Judged, BlockedLow))
                yield return new(MoveCause.Blocks, null, TriggerAction.Rate, 0.5, true, Lowered, false, report.Blocked.Sample, now);
            if (Is(judged.Throttled, judged.Judged, ThrottledLow))
                yield return new(MoveCause.Throttled, null, TriggerAction.Rate, 0.5, true, Lowered, true, report.Throttled.Sample, now);
            if (Is(judged.Deferred, judged.Judged, DeferredLow))
                yield return new(MoveCause.Deferrals, null, TriggerAction.Rate, 0.75, true, Lowered, true, report.Deferred.Sample, now);
        }
        if (complaints.AllDelivered >= MinDelivered)
        {
            if (Is(complaints.AllComplaints, complaints.AllDelivered, ComplaintsHigh))
                yield return new(MoveCause.Complaints, null, TriggerAction.Suspend, 0, false, Suspended, false, null, now);
            else if (Is(complaints.AllComplaints, complaints.AllDelivered, ComplaintsLow))
                yield return new(MoveCause.Complaints, null, TriggerAction.Rate, 0.5, true, Suspended, false, null, now);
        }
    }

    /// <summary>Not yet an objection, but no time to go up either: half way to one.</summary>
    public static bool IsTroubled(SliceCounts judged) =>
        judged.Judged >= MinJudged / 2
        && (judged.Blocked >= judged.Judged * BlockedLow / 2 || judged.Throttled >= judged.Judged * ThrottledLow / 2 || judged.Deferred >= judged.Judged * DeferredLow / 2);

    private static bool Is(int bad, int all, double share) => bad >= MinBad && bad >= all * share;
}
