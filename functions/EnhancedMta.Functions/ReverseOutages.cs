using EnhancedMta.Outages;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class ReverseOutages(OutageReversal outages)
{
    // In time for the next tick, and for the host's own limit.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Function(nameof(ReverseOutages))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => outages.RunAsync(Limit, cancellationToken);
}
