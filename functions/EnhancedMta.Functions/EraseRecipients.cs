using EnhancedMta.Erasures;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class EraseRecipients(ErasureRun erasures)
{
    // In time for the next tick.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Function(nameof(EraseRecipients))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => erasures.RunAsync(Limit, cancellationToken);
}
