namespace EnhancedMta.Deliveries;

/// <summary>How many log partitions a delivery gets.</summary>
public static class ShardCount
{
    private const int Unknown = 8;

    /// <summary>
    /// A partition takes 2,000 entities a second on Azure, so large deliveries need several; each more partition leaves the last
    /// batch of a request emptier, so small ones should have few.
    /// </summary>
    public static int For(long? expectedSize) => expectedSize switch
    {
        null => Unknown,
        <= 500 => 1,
        <= 5_000 => 2,
        <= 50_000 => 4,
        <= 500_000 => 8,
        _ => 16,
    };
}
