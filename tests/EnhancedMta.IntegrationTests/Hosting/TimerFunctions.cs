using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.IntegrationTests.Hosting;

public sealed class TimerProbe
{
    private int _running;

    public ConcurrentQueue<TimerInfo> Runs { get; } = new();

    public int MostAtOnce { get; private set; }

    public Func<CancellationToken, Task> Work { get; set; } = _ => Task.CompletedTask;

    public async Task RunAsync(TimerInfo timer, CancellationToken cancellationToken)
    {
        lock (Runs) MostAtOnce = Math.Max(MostAtOnce, ++_running);
        Runs.Enqueue(timer);
        try
        {
            await Work(cancellationToken);
        }
        finally
        {
            lock (Runs) _running--;
        }
    }
}

public sealed class TickFunction(TimerProbe probe)
{
    [Function("Tick")]
    public Task RunAsync([TimerTrigger("%TickSchedule%")] TimerInfo timer, CancellationToken cancellationToken) => probe.RunAsync(timer, cancellationToken);
}
