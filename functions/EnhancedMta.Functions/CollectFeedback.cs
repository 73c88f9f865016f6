using Azure.Storage.Queues.Models;
using EnhancedMta.Feedback;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class CollectFeedback(FeedChain chain)
{
    [Function(nameof(CollectFeedback))]
    public Task RunAsync([QueueTrigger(QueueNames.Feedback)] QueueMessage message, CancellationToken cancellationToken) =>
        chain.RunAsync(message.MessageText, message.MessageId, cancellationToken);
}
