using Azure.Storage.Queues.Models;
using EnhancedMta.Feedback.Push;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class PushFeedback(EndpointPush push)
{
    [Function(nameof(PushFeedback))]
    public Task RunAsync([QueueTrigger(QueueNames.FeedbackPush)] QueueMessage message, CancellationToken cancellationToken) =>
        push.RunAsync(message.MessageText, cancellationToken);
}
