using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A started Exim.</summary>
internal sealed class Exim(Jail jail, ChildProcess process, int port) : IRunningPeer
{
    private const int LogLines = 15;

    public int Port => port;

    public string LastWords => string.Join('\n', Directory.GetFiles(jail.Root + "/log", "*log").SelectMany(file => File.ReadLines(file).TakeLast(LogLines)).Append(process.LastLines));

    // It waits for none of its children, and the kernel forgets what such a child has used. So what the whole machine used, less the sink, this
    // program, and what this program started and waited for: too much where something else runs.
    public double CpuSeconds(int sinkId) => ProcessUse.MachineCpuSeconds() - ProcessUse.CpuSeconds(Environment.ProcessId) - ProcessUse.CpuSeconds(sinkId);

    public double? PeakMemoryMB() => null;

    // Two files a message, and a journal while it is under way.
    public IEnumerable<string> Queued() => Directory.EnumerateFiles(jail.Root + "/spool/input", "*", SearchOption.AllDirectories);

    public Task StopAsync() => process.StopAsync();

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
