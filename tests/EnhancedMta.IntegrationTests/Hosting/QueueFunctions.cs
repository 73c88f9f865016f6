using System.Collections.Concurrent;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.IntegrationTests.Hosting;

/// <summary>What the queue functions saw, and what they shall do.</summary>
public sealed class QueueProbe
{
    private int _running;

    /// <summary>Text and dequeue count of each run, in order.</summary>
    public ConcurrentQueue<(string Text, long DequeueCount)> Runs { get; } = new();

    public ConcurrentQueue<string> Poisoned { get; } = new();

    public int MostAtOnce { get; private set; }

    public int Running => _running;

    /// <summary>The functions' work: returns at once unless a test says otherwise.</summary>
    public Func<CancellationToken, Task> Work { get; set; } = _ => Task.CompletedTask;

    public async Task RunAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        lock (Runs) MostAtOnce = Math.Max(MostAtOnce, ++_running);
        Runs.Enqueue((message.Body.ToString(), message.DequeueCount));
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

public sealed class WorkFunction(QueueProbe probe)
{
    [Function("Work")]
    public Task RunAsync([QueueTrigger("work")] QueueMessage message, CancellationToken cancellationToken) => probe.RunAsync(message, cancellationToken);
}

public sealed class PoisonFunction(QueueProbe probe)
{
    [Function("Poison")]
    public Task RunAsync([QueueTrigger("%PoisonOf%-poison")] string message, FunctionContext context)
    {
        probe.Poisoned.Enqueue($"{message} {context.BindingContext.BindingData["DequeueCount"]}");
        return Task.CompletedTask;
    }
}
