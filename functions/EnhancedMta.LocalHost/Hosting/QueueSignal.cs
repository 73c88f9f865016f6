using System.Collections.Concurrent;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>Wakes this process's listener of a queue, so that it need not wait for its next poll.</summary>
public sealed class QueueSignal
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _signals = new(StringComparer.Ordinal);

    /// <summary>Says that the queue has a new message. Costs nothing when nobody listens.</summary>
    public void Pulse(string queue)
    {
        // Pulses do not add up: one look at the queue finds all that is there.
        if (_signals.TryGetValue(queue, out var signal) && signal.CurrentCount == 0) signal.Release();
    }

    /// <summary>Until a pulse, at most <paramref name="limit"/>.</summary>
    internal Task WaitAsync(string queue, TimeSpan limit, CancellationToken cancellationToken) =>
        _signals.GetOrAdd(queue, _ => new(0)).WaitAsync(limit, cancellationToken);
}
