using Azure.Storage.Queues.Models;
using EnhancedMta.Batches;
using EnhancedMta.Relaying;
using EnhancedMta.Storage;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

public sealed class RelayMarketing(BatchRelay relay)
{
    [Function(nameof(RelayMarketing))]
    public Task RunAsync([QueueTrigger(QueueNames.RelayMarketing)] QueueMessage message, CancellationToken cancellationToken) =>
        relay.RunAsync(Lane.Marketing, message.MessageText, cancellationToken);
}
