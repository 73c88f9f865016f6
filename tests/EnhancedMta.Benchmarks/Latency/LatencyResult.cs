namespace EnhancedMta.Benchmarks.Latency;

/// <summary>How long transactional messages took in one condition.</summary>
/// <param name="Name">Of the condition, for people.</param>
/// <param name="Samples">Messages.</param>
/// <param name="All">From the first octet of the request to the end of data at the sink.</param>
/// <param name="Accept">From the first octet of the request to its answer, 202.</param>
/// <param name="P50Goal">In milliseconds; null for none.</param>
/// <param name="P99Goal">In milliseconds.</param>
internal sealed record LatencyCondition(string Name, int Samples, Spread All, Spread Accept, double? P50Goal, double P99Goal)
{
    public bool IsGood => All.P99 <= P99Goal && (P50Goal is not { } goal || All.P50 <= goal);
}

/// <param name="Idle">Nothing else is sent.</param>
/// <param name="Busy">While a marketing delivery runs; null when there was none.</param>
/// <param name="Marketing">Messages of that delivery that the sink had taken when the last sample was through.</param>
/// <param name="MarketingSeconds">In so many seconds.</param>
internal sealed record LatencyResult(LatencyCondition Idle, LatencyCondition? Busy, int Marketing, double MarketingSeconds)
{
    public bool IsGood => Idle.IsGood && Busy?.IsGood is not false;
}
