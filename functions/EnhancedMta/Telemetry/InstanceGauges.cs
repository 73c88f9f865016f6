using System.Diagnostics.Metrics;
using EnhancedMta.Paths.Adaptation;
using Microsoft.Extensions.Hosting;

namespace EnhancedMta.Telemetry;

/// <summary>
/// The state of the whole instance, as this process measured it last. Only one process at a time measures (a timer), and another one may be
/// next: what is older than three minutes is told as 0, so that the highest of all processes is the truth.
/// </summary>
public sealed class InstanceGauges : IHostedService, IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(3);

    private readonly Meter _meter = new(Instruments.Name);
    private readonly TimeProvider _clock;
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private InstanceState? _state;

    public InstanceGauges(TimeProvider clock)
    {
        _clock = clock;
        _meter.CreateObservableGauge("enhancedmta.queue.oldest_age", () => Queues(q => q.OldestAge.TotalSeconds), "s", "Age of the message at the head of a queue.");
        _meter.CreateObservableGauge("enhancedmta.queue.depth", () => Queues(q => q.Depth), "{message}", "Messages in a queue, hidden ones included, as storage estimates.");
        _meter.CreateObservableGauge(
            "enhancedmta.paths",
            () => Enum.GetValues<PathMode>().Select(mode => new Measurement<long>(
                Current?.Paths.GetValueOrDefault(mode) ?? 0, new KeyValuePair<string, object?>("mode", mode.ToString().ToLowerInvariant()))),
            "{path}", "Paths, by mode.");
        _meter.CreateObservableGauge<long>("enhancedmta.dkim.keys_missing", () => Current?.DkimKeysMissing ?? 0, "{domain}", "Domains whose mail waits for a key that is missing or broken.");
        _meter.CreateObservableGauge("enhancedmta.feed.lag", () => Current?.FeedLag.TotalSeconds ?? 0, "s", "Age of the oldest event that an endpoint has not taken.");
    }

    internal Meter Meter => _meter;

    /// <summary>What was just measured.</summary>
    public void Set(InstanceState state) => Volatile.Write(ref _state, state);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private InstanceState? Current => Volatile.Read(ref _state) is { } state && _clock.GetUtcNow() - state.Measured <= Fresh ? state : null;

    private List<Measurement<T>> Queues<T>(Func<QueueState, T> value) where T : struct
    {
        var queues = Current?.Queues ?? [];
        lock (_queues)
        {
            _queues.UnionWith(queues.Select(q => q.Name));
            var known = queues.ToDictionary(q => q.Name, StringComparer.Ordinal);
            return [.. _queues.Select(name => new Measurement<T>(known.TryGetValue(name, out var queue) ? value(queue) : default, new KeyValuePair<string, object?>("queue", name)))];
        }
    }
}
