using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A started Haraka: one process, and a worker for each processor.</summary>
internal sealed class Haraka(string home, ChildProcess process, int port) : IRunningPeer
{
    public int Port => port;

    public string LastWords => process.LastLines;

    public double CpuSeconds(int sinkId) => ProcessUse.TreeCpuSeconds(process.Id);

    public double? PeakMemoryMB() => ProcessUse.TreePeakMemoryMB(process.Id);

    public IEnumerable<string> Queued() => Directory.EnumerateFiles(Path.Combine(home, "queue"), "*", SearchOption.AllDirectories);

    public Task StopAsync() => process.StopAsync();

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
