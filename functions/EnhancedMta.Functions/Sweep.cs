using EnhancedMta.Sweeping;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class Sweep(Sweeper sweeper)
{
    [Function(nameof(Sweep))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => sweeper.RunAsync(cancellationToken);
}
