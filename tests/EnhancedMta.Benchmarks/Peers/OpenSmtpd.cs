using EnhancedMta.Benchmarks.Processes;

namespace EnhancedMta.Benchmarks.Peers;

/// <summary>A started OpenSMTPD.</summary>
internal sealed class OpenSmtpd(Jail jail, ChildProcess process, int port) : IRunningPeer
{
    /// <summary>Of its queue, compiled in.</summary>
    public const string Spool = "/var/spool/smtpd";

    public int Port => port;

    public string LastWords => process.LastLines;

    public double CpuSeconds(int sinkId) => ProcessUse.TreeCpuSeconds(process.Id);

    // A handful of processes that live as long as it does.
    public double? PeakMemoryMB() => ProcessUse.TreePeakMemoryMB(process.Id);

    public IEnumerable<string> Queued() =>
        new[] { "incoming", "queue" }.SelectMany(queue => Directory.EnumerateFiles(Path.Combine(jail.Root + Spool, queue), "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }));

    public Task StopAsync() => process.StopAsync();

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
