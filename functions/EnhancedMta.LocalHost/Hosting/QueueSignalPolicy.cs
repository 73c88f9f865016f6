using Azure.Core;
using Azure.Core.Pipeline;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>In the pipeline of the app's queue clients: pulses a queue's listener when a message was put there.</summary>
public sealed class QueueSignalPolicy(QueueSignal signal) : HttpPipelineSynchronousPolicy
{
    public override void OnReceivedResponse(HttpMessage message)
    {
        if (message.Request.Method != RequestMethod.Post || message.Response.IsError) return;
        // .../{queue}/messages; an emulator's addresses have the account before the queue.
        var segments = message.Request.Uri.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments is [.., var queue, "messages"]) signal.Pulse(queue);
    }
}
