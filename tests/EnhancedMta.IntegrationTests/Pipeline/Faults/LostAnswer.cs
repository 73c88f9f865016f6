using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.IntegrationTests.Pipeline.Faults;

/// <summary>Loses the answer to a process's first transaction, below the SDK's retries.</summary>
internal sealed class LostAnswer : HttpPipelinePolicy
{
    public bool IsDone { get; private set; }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("The pipeline's requests are asynchronous.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (IsDone || !Scene.IsTransaction(message.Request))
            return;
        IsDone = true;
        throw new IOException("The answer got lost.");
    }
}
