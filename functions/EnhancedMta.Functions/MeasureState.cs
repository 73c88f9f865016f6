using EnhancedMta.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class MeasureState(InstanceMeasuring measuring)
{
    [Function(nameof(MeasureState))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => measuring.RunAsync(cancellationToken);
}
