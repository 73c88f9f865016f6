using Azure.Storage.Queues;

namespace EnhancedMta.LocalHost.Hosting;

/// <summary>The section extensions.queues of host.json.</summary>
public sealed record QueueSettings
{
    /// <summary>Messages fetched at once, 1 to 32.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The next batch is fetched when no more messages than this are being worked on: at most the sum of both run at once.</summary>
    public required int NewBatchThreshold { get; init; }

    /// <summary>Tries before a message moves to the poison queue.</summary>
    public required int MaxDequeueCount { get; init; }

    /// <summary>How long a message rests after a failed try.</summary>
    public required TimeSpan VisibilityTimeout { get; init; }

    /// <summary>Longest pause between two looks at an empty queue.</summary>
    public required TimeSpan MaxPollingInterval { get; init; }

    /// <summary>The producer's clients must use the same.</summary>
    public required QueueMessageEncoding MessageEncoding { get; init; }
}
