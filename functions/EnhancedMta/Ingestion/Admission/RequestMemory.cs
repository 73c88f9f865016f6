using EnhancedMta.Batches;

namespace EnhancedMta.Ingestion.Admission;

/// <summary>What relay requests under way may hold in memory, and whether the process has any left.</summary>
/// <param name="options">Its share.</param>
/// <param name="read">Of the process.</param>
/// <param name="collect">Starts to collect garbage, and does not wait for it.</param>
/// <param name="clock">The process is looked at once a second.</param>
internal sealed class RequestMemory(AdmissionOptions options, Func<MemoryReading> read, Action collect, TimeProvider clock)
{
    /// <summary>Of a request: buffers, its rows, the answer.</summary>
    public const long Least = 256 * 1024;

    /// <summary>Of one that does not say how long it is.</summary>
    public const long Usual = 16 * 1024 * 1024;

    /// <summary>
    /// What was read is stored while the rest is being read: at most a batch for each partition and those being written are held, and a batch
    /// holds its content compressed.
    /// </summary>
    public const long Most = 48 * 1024 * 1024;

    /// <summary>Of the memory available, for all requests under way.</summary>
    private const int Share = 4;

    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CollectInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private MemoryReading _process;
    private long? _readAt;
    private long? _collectedAt;
    private long _held;

    /// <summary>By the requests under way, in octets.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>What a request may come to hold.</summary>
    /// <param name="contentLength">As it came, compressed or not; null when it does not say.</param>
    public static long Of(long? contentLength) => Least + Math.Min(contentLength ?? Usual, Most);

    /// <returns>Null when it may come in: <see cref="Give"/> the octets back then.</returns>
    public Overload? Take(Lane lane, long octets)
    {
        lock (_lock)
        {
            var process = Process();
            // From here on it is a collection that is needed, or patience. Garbage is no reason to refuse anything for long.
            var limit = process.Available / 100 * (lane == Lane.Transactional ? (100 + options.MemoryPercent) / 2 : options.MemoryPercent);
            if (process.Used >= limit)
            {
                Collect();
                return new Overload(OverloadBound.ProcessMemory, process.Used, limit);
            }

            // A quarter of it is for transactional requests. Whoever comes alone is let in whatever its size.
            var room = process.Available / Share / 4 * (lane == Lane.Transactional ? 4 : 3);
            if (_held > 0 && _held + octets > room)
                return new Overload(OverloadBound.RequestMemory, _held + octets, room);
            _held += octets;
            return null;
        }
    }

    public void Give(long octets)
    {
        lock (_lock)
            _held -= octets;
    }

    private MemoryReading Process()
    {
        if (_readAt is not { } at || clock.GetElapsedTime(at) >= ReadInterval)
            (_process, _readAt) = (read(), clock.GetTimestamp());
        return _process;
    }

    private void Collect()
    {
        if (_collectedAt is { } at && clock.GetElapsedTime(at) < CollectInterval)
            return;
        _collectedAt = clock.GetTimestamp();
        collect();
    }
}
