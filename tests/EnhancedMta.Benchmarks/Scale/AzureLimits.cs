namespace EnhancedMta.Benchmarks.Scale;

/// <summary>Scalability targets as Microsoft publishes them, for messages and entities of up to 1 KiB.</summary>
internal static class AzureLimits
{
    /// <summary>Requests a second, of a general-purpose v2 account. learn.microsoft.com/azure/storage/common/scalability-targets-standard-account</summary>
    public const double RequestsPerAccount = 20_000;

    /// <summary>Messages a second. learn.microsoft.com/azure/storage/queues/scalability-targets</summary>
    public const double MessagesPerQueue = 2_000;

    /// <summary>Entities a second. learn.microsoft.com/azure/storage/tables/scalability-targets</summary>
    public const double EntitiesPerPartition = 2_000;
}
