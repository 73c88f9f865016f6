using EnhancedMta.LocalHost.Hosting;

namespace EnhancedMta.Benchmarks.Scale;

/// <summary>What came of one run.</summary>
/// <param name="Processes">Local hosts.</param>
/// <param name="Messages">That nine tenths.</param>
/// <param name="Shards">Log partitions of the delivery.</param>
/// <param name="Seconds">From the first octet relayed until the sink had them.</param>
/// <param name="Cpu">CPU seconds for these nine tenths, by part.</param>
/// <param name="Loads">What all hosts together asked of storage for them, what hosts at rest ask included.</param>
internal sealed record ScalePoint(int Processes, int Messages, int Shards, double Seconds, CpuByPart Cpu, IReadOnlyList<ResourceLoad> Loads)
{
    /// <summary>While there is work for all.</summary>
    public double PerSecond => Messages / Seconds;

    public double OperationsPerMessage => (double)Loads.Sum(l => l.Requests) / Messages;

    public long Conflicts => Loads.Sum(l => l.Conflicts);
}

/// <param name="Hosts">All local hosts.</param>
/// <param name="Azurite">One thread of JavaScript does nearly all of its work.</param>
/// <param name="Sink">The recipients' server.</param>
/// <param name="Caller">This program: makes and posts the messages.</param>
internal sealed record CpuByPart(double Hosts, double Azurite, double Sink, double Caller)
{
    public double All => Hosts + Azurite + Sink + Caller;

    public static CpuByPart operator -(CpuByPart a, CpuByPart b) => new(a.Hosts - b.Hosts, a.Azurite - b.Azurite, a.Sink - b.Sink, a.Caller - b.Caller);
}
