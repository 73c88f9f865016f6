using Azure.Storage.Queues.Models;
using EnhancedMta.Bounces;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class QualifyBounce(BounceProcessing bounces)
{
    [Function(nameof(QualifyBounce))]
    public Task RunAsync([QueueTrigger(QueueNames.Bounces)] QueueMessage message, CancellationToken cancellationToken) =>
        bounces.RunAsync(message.MessageText, cancellationToken);
}
