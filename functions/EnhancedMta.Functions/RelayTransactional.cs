using Azure.Storage.Queues.Models;
using EnhancedMta.Batches;
using EnhancedMta.Relaying;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RelayTransactional(BatchRelay relay)
{
    [Function(nameof(RelayTransactional))]
    public Task RunAsync([QueueTrigger(QueueNames.RelayTransactional)] QueueMessage message, CancellationToken cancellationToken) =>
        relay.RunAsync(Lane.Transactional, message.MessageText, cancellationToken);
}
