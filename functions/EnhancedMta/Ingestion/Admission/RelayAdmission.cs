using System.Diagnostics.Metrics;
using EnhancedMta.Batches;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>
/// Decides whether a relay request is let in, before anything of it is read: by how long its messages would wait in their lane's queue, and by
/// memory. One that was let in is not cut off later. A lane knows nothing of the other's queue.
/// </summary>
public sealed class RelayAdmission : IDisposable
{
    /// <summary>Those that were refused come again when so much of the limit is used: not to find a queue that is full again at once, nor an empty one.</summary>
    private const double Refill = 0.75;

    /// <summary>The rest of what was told to come back comes within so much more time, not all at once.</summary>
    private const double Spread = 0.25;

    private static readonly TimeSpan Soonest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Latest = TimeSpan.FromMinutes(5);

    /// <summary>When nobody knows: requests are read in seconds, and a queue that stands still wants an operator, not clients.</summary>
    private static readonly TimeSpan OfMemory = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan OfStandstill = TimeSpan.FromMinutes(1);

    private static readonly Counter<long> Refused = Instruments.Meter.CreateCounter<long>("enhancedmta.relay_requests.refused", "{request}", "Relay requests refused for overload, by lane and bound.");

    // Of its own, so that it ends with its host.
    private readonly Meter _meter = new(Instruments.Name);
    private readonly AdmissionOptions _options;
    private readonly Dictionary<Lane, LaneQueue> _queues;
    private readonly RequestMemory _memory;
    private readonly Random _random;

    public RelayAdmission(AdmissionOptions options, BatchQueue queue, TimeProvider clock, Random random)
        : this(options, queue.ReadAsync, clock, random, MemoryReading.OfThisProcess, () => GC.Collect(2, GCCollectionMode.Forced, blocking: false))
    {
    }

    internal RelayAdmission(
        AdmissionOptions options, Func<Lane, CancellationToken, Task<QueueReading>> queue, TimeProvider clock, Random random, Func<MemoryReading> memory, Action collect)
    {
        (_options, _random) = (options, random);
        _queues = Enum.GetValues<Lane>().ToDictionary(lane => lane, lane => new LaneQueue(lane, queue, options.WaitOf(lane), clock));
        _memory = new RequestMemory(options, memory, collect, clock);
        _meter.CreateObservableGauge(
            "enhancedmta.relay_queue.wait",
            () => _queues.Select(q => new Measurement<double>(q.Value.Known.Wait.TotalSeconds, new KeyValuePair<string, object?>("lane", q.Key.Word()))),
            "s", "How long a message accepted now would wait for its first attempt, as this instance finds while requests come.");
        _meter.CreateObservableGauge("enhancedmta.relay_requests.memory", () => _memory.Held, "By", "What requests under way in this process may hold.");
    }

    /// <param name="lane">Of its delivery.</param>
    /// <param name="contentLength">Octets of its body as it comes; null when it does not say.</param>
    /// <param name="cancellationToken">The caller hangs up.</param>
    public async ValueTask<AdmissionDecision> AdmitAsync(Lane lane, long? contentLength, CancellationToken cancellationToken)
    {
        var queue = await _queues[lane].LookAsync(cancellationToken).ConfigureAwait(false);
        var limit = _options.WaitOf(lane);
        if (queue.Wait >= limit)
            return Refuse(lane, new Overload(OverloadBound.QueueWait, queue.Wait.TotalSeconds, limit.TotalSeconds), Until(queue, limit));
        var octets = RequestMemory.Of(contentLength);
        return _memory.Take(lane, octets) is { } overload ? Refuse(lane, overload, OfMemory) : AdmissionDecision.LetIn(() => _memory.Give(octets));
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>While nothing is let in, each second takes a second off the wait.</summary>
    private static TimeSpan Until(QueueEstimate queue, TimeSpan limit) =>
        queue.ToEmpty is not { } empty ? OfStandstill
        : queue.Wait - (limit * Refill) is var over && over < empty ? over
        : empty;

    private AdmissionDecision Refuse(Lane lane, Overload overload, TimeSpan wait)
    {
        Refused.Add(1, new KeyValuePair<string, object?>("lane", lane.Word()), new KeyValuePair<string, object?>("bound", OverloadWords.Of(overload.Bound)));
        double part;
        lock (_random)
            part = _random.NextDouble();
        var seconds = Math.Clamp(wait.TotalSeconds, Soonest.TotalSeconds, Latest.TotalSeconds / (1 + Spread)) * (1 + (Spread * part));
        return AdmissionDecision.Refuse(overload, TimeSpan.FromSeconds(Math.Ceiling(seconds)));
    }
}
