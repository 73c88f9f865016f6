using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>A process that hangs: from a certain request on, none of its requests goes through until the gate is opened.</summary>
internal sealed class StorageGate(Func<Request, bool> closesBefore) : HttpPipelinePolicy
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isClosed;

    public void Open() => _opened.TrySetResult();

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The pipeline's requests are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        if (closesBefore(message.Request))
            Volatile.Write(ref _isClosed, true);
        if (Volatile.Read(ref _isClosed))
            await _opened.Task;
        await ProcessNextAsync(message, pipeline);
    }
}
