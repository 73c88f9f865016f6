using Azure.Storage.Queues.Models;
using EnhancedMta.Storage;
using EnhancedMta.Sweeping;
using Microsoft.Azure.Functions.Worker;

namespace EnhancedMta.Functions;

/// <summary>What the host moved to poison queues: one function each, as a queue trigger has one queue.</summary>
public sealed class PoisonedMessages(PoisonedWork poisoned)
{
    [Function("PoisonedRelayMarketing")]
    public Task RelayMarketingAsync([QueueTrigger(QueueNames.RelayMarketingPoison)] QueueMessage message, CancellationToken cancellationToken) =>
        poisoned.HandleAsync(QueueNames.RelayMarketing, message.MessageText, cancellationToken);

    [Function("PoisonedRelayTransactional")]
    public Task RelayTransactionalAsync([QueueTrigger(QueueNames.RelayTransactionalPoison)] QueueMessage message, CancellationToken cancellationToken) =>
        poisoned.HandleAsync(QueueNames.RelayTransactional, message.MessageText, cancellationToken);

    [Function("PoisonedBounces")]
    public Task BouncesAsync([QueueTrigger(QueueNames.BouncesPoison)] QueueMessage message, CancellationToken cancellationToken) =>
        poisoned.HandleAsync(QueueNames.Bounces, message.MessageText, cancellationToken);

    [Function("PoisonedFeedback")]
    public Task FeedbackAsync([QueueTrigger(QueueNames.FeedbackPoison)] QueueMessage message, CancellationToken cancellationToken) =>
        poisoned.HandleAsync(QueueNames.Feedback, message.MessageText, cancellationToken);

    [Function("PoisonedFeedbackPush")]
    public Task FeedbackPushAsync([QueueTrigger(QueueNames.FeedbackPushPoison)] QueueMessage message, CancellationToken cancellationToken) =>
        poisoned.HandleAsync(QueueNames.FeedbackPush, message.MessageText, cancellationToken);
}
