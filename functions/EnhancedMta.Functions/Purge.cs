using EnhancedMta.Retention;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class Purge(RetentionRun retention)
{
    // In time for the next tick.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Function(nameof(Purge))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => retention.RunAsync(Limit, cancellationToken);
}
