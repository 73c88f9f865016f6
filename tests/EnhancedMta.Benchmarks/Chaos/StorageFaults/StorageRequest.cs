namespace EnhancedMta.Benchmarks.Chaos.StorageFaults;

internal enum StorageService
{
    Blob,
    Queue,
    Table,
}

/// <summary>A request to storage, as far as faults tell requests apart.</summary>
/// <param name="Service">Which one.</param>
/// <param name="IsWrite">It may change something.</param>
/// <param name="IsTransaction">An entity group transaction.</param>
/// <param name="IsConditional">It holds only if nobody else was faster: it has an ETag.</param>
internal readonly record struct StorageRequest(StorageService Service, bool IsWrite, bool IsTransaction, bool IsConditional);
