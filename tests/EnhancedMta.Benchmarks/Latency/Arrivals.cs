using System.Collections.Concurrent;
using EnhancedMta.LocalHost.SmartSink;

namespace EnhancedMta.Benchmarks.Latency;

/// <summary>When the sink had a message's end of data, by recipient. It answers 250 right after.</summary>
internal sealed class Arrivals : SinkObserver
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<long>> _awaited = new(StringComparer.OrdinalIgnoreCase);
    private int _others;

    /// <summary>Messages that nobody waits for: the marketing delivery's.</summary>
    public int Others => Volatile.Read(ref _others);

    /// <summary>The time stamp of the recipient's message.</summary>
    public Task<long> Await(string recipient) =>
        _awaited.GetOrAdd(recipient, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public override void Took(Persona persona, string? messageId, string recipient)
    {
        var now = TimeProvider.System.GetTimestamp();
        if (_awaited.TryGetValue(recipient, out var waiter))
            waiter.TrySetResult(now);
        else
            Interlocked.Increment(ref _others);
    }
}
