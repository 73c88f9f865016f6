using EnhancedMta.Benchmarks.Sinks;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>How one of the two did.</summary>
/// <param name="Name">For people.</param>
/// <param name="Messages">Measured, without those of the warm-up.</param>
/// <param name="AcceptSeconds">From the first octet relayed to the last message accepted.</param>
/// <param name="Seconds">From the first octet relayed until the last message was with the recipient's server and settled.</param>
/// <param name="CpuSeconds">Of its own processes in that time.</param>
/// <param name="StorageCpuSeconds">Of the storage emulator; null when there is none.</param>
/// <param name="PeakMemoryMB">Null when it is many short-lived processes.</param>
/// <param name="StorageOperations">Null without storage account.</param>
/// <param name="Dump">What the sink got, warm-up included.</param>
/// <param name="WarmUp">Messages of the warm-up.</param>
internal sealed record SideResult(
    string Name, int Messages, double AcceptSeconds, double Seconds, double CpuSeconds, double? StorageCpuSeconds, double? PeakMemoryMB, long? StorageOperations, SinkDump Dump, int WarmUp)
{
    /// <summary>Ours only.</summary>
    public IReadOnlyList<PhaseFigures>? Phases { get; init; }

    public double MessagesPerSecond => Messages / Seconds;

    public double AcceptedPerSecond => Messages / AcceptSeconds;

    public double CpuSecondsPer1000 => CpuSeconds * 1000 / Messages;

    public double? StorageCpuSecondsPer1000 => StorageCpuSeconds * 1000 / Messages;

    public double? StorageOperationsPerMessage => (double?)StorageOperations / Messages;

    public int Lost => Messages + WarmUp - Dump.Distinct;

    public int Duplicates => Dump.Total - Dump.Distinct;
}
