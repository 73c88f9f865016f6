using EnhancedMta.Dkim;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

/// <summary>Looks for keys' records, lets new selectors sign and old ones retire.</summary>
public sealed class DriveDkimRotation(DkimRotation rotation)
{
    // In time for the next tick, and for the host's own limit.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(45);

    [Function(nameof(DriveDkimRotation))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => rotation.RunAsync(Limit, cancellationToken);
}
