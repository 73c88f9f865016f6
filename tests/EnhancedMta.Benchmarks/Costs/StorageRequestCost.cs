namespace EnhancedMta.Benchmarks.Costs;

/// <summary>What requests to storage cost: each service has its price, and a batch's share of blobs and queues is known by design.</summary>
internal static class StorageRequestCost
{
    /// <param name="data">Prices, and what a batch does.</param>
    /// <param name="operations">Of all kinds.</param>
    /// <param name="batches">That they were made for.</param>
    /// <returns>In the prices' currency.</returns>
    public static double Of(CostData data, double operations, double batches)
    {
        var (prices, design) = (data.Prices.Storage, data.Workload.ByDesign);
        var (blobWrites, blobReads, queue) = (batches * design.BlobWritesPerBatch, batches * design.BlobReadsPerBatch, batches * design.QueueOperationsPerBatch);
        var table = Math.Max(0, operations - blobWrites - blobReads - queue);
        return (blobWrites * prices.BlobWritesPer10000 + blobReads * prices.BlobReadsPer10000 + queue * prices.QueueOperationsPer10000 + table * prices.TableOperationsPer10000) / 10_000;
    }

    /// <summary>For a million messages that go at their first attempt.</summary>
    public static double OfMillion(CostData data, double operationsPerMessage) => Of(data, 1e6 * operationsPerMessage, 1e6 / data.Workload.ByDesign.MessagesPerBatch);
}
