using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.Storage;

/// <summary>
/// Counts each request that leaves for storage, retries included: what Azure bills. An entity group transaction is one.
/// </summary>
public sealed class StorageOperations : HttpPipelineSynchronousPolicy
{
    private readonly string _service;
    private readonly StorageOperations? _total;
    private long _count;

    /// <summary>Counts all, whatever the service.</summary>
    public StorageOperations() : this("", null)
    {
    }

    /// <param name="service">table, queue or blob.</param>
    /// <param name="total">Counts with it.</param>
    internal StorageOperations(string service, StorageOperations? total) => (_service, _total) = (service, total);

    /// <summary>Requests since the process began, or since <see cref="Reset"/>.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Starts over, and tells what was counted until now.</summary>
    public long Reset() => Interlocked.Exchange(ref _count, 0);

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message)
    {
        Interlocked.Increment(ref _count);
        if (_total is null)
            return;
        Interlocked.Increment(ref _total._count);
        StorageMetrics.Count(_service);
    }
}
