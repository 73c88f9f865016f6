using EnhancedMta.Schedule;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

/// <summary>Retries and expiry.</summary>
public sealed class QueueDueRetries(DueRetries retries)
{
    [Function(nameof(QueueDueRetries))]
    public Task RunAsync([TimerTrigger("%RetrySchedule%")] TimerInfo timer, CancellationToken cancellationToken) => retries.RunAsync(cancellationToken);
}
