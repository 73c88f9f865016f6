using EnhancedMta.Feedback;
using EnhancedMta.Sweeping;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class Sweep(Sweeper sweeper, FeedChain feed)
{
    [Function(nameof(Sweep))]
    public Task RunAsync([TimerTrigger("%SweepSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        Task.WhenAll(sweeper.RunAsync(cancellationToken), feed.ReviveAsync(cancellationToken));
}
