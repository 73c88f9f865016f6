using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.Storage;

/// <summary>
/// Counts each request that leaves for storage, retries included: what Azure bills. An entity group transaction is one.
/// </summary>
public sealed class StorageOperations : HttpPipelineSynchronousPolicy
{
    private long _count;

    /// <summary>Requests since the process began, or since <see cref="Reset"/>.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Starts over, and tells what was counted until now.</summary>
    public long Reset() => Interlocked.Exchange(ref _count, 0);

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _count);
}
