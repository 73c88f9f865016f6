using EnhancedMta.Batches;

namespace EnhancedMta.Deliveries;

/// <summary>One Campaign mailing, as declared.</summary>
public sealed record Delivery
{
    public required string Id { get; init; }

    public string? Label { get; init; }

    /// <summary>From of messages that name none.</summary>
    public string? Sender { get; init; }

    /// <summary>What is in force: the declared period, at most 3.5 days.</summary>
    public required TimeSpan Validity { get; init; }

    public required Lane Lane { get; init; }

    /// <summary>Campaign's "to deliver", when it said so.</summary>
    public long? ExpectedSize { get; init; }

    /// <summary>Campaign's own data about the delivery, a JSON object, handed back as it came.</summary>
    public string? Metadata { get; init; }

    /// <summary>Where its feedback is pushed to; null for the instance's endpoint, if there is one.</summary>
    public Uri? FeedbackUrl { get; init; }

    /// <summary>Number of log partitions. Fixed when first declared: it decides where a message's row is.</summary>
    public required int Shards { get; init; }

    /// <summary>No further messages are accepted; those that we have go on.</summary>
    public bool Stopped { get; init; }

    public required DateTimeOffset Declared { get; init; }

    public IEnumerable<SendingLog.LogPartition> Partitions => Enumerable.Range(0, Shards).Select(s => new SendingLog.LogPartition(Id, s));
}
