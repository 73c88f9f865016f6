namespace EnhancedMta.Ingestion.Admission;

/// <summary>The memory of this process, in octets.</summary>
/// <param name="Used">In memory, and needed.</param>
/// <param name="Available">What it may have: the container's limit, or the machine's memory.</param>
public readonly record struct MemoryReading(long Used, long Available)
{
    /// <summary>
    /// Not the collector's own memory load: that is a picture of its last collection, so it stands still just when nothing is let in; and it counts
    /// what others on the machine use. What the collector keeps for later is in memory and free all the same.
    /// </summary>
    public static MemoryReading OfThisProcess()
    {
        var collector = GC.GetGCMemoryInfo();
        var spare = Math.Max(0, collector.TotalCommittedBytes - GC.GetTotalMemory(forceFullCollection: false));
        return new MemoryReading(Math.Max(0, Environment.WorkingSet - spare), collector.TotalAvailableMemoryBytes);
    }
}
