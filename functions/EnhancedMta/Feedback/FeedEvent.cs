using EnhancedMta.Qualification;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Feedback;

/// <summary>An event as Campaign is told it, pushed or pulled.</summary>
public sealed record FeedEvent
{
    /// <summary><see cref="FeedEventId"/> as text: rises in the feed, and is the same however often the event is told.</summary>
    public required string Id { get; init; }

    public required DeliveryEventType Type { get; init; }

    public required string DeliveryId { get; init; }

    public required string MessageId { get; init; }

    /// <summary>Campaign's: Sent or Failed, after the event.</summary>
    public required string Status { get; init; }

    public FailureType? FailureType { get; init; }

    public int? Reason { get; init; }

    public string? ReasonLabel { get; init; }

    public int? BounceCode { get; init; }

    public string? Rule { get; init; }

    public string? RuleSet { get; init; }

    public string? Address { get; init; }

    public string? Reply { get; init; }

    public int? Attempt { get; init; }

    public int? Egress { get; init; }

    public string? Mx { get; init; }

    public required DateTimeOffset Time { get; init; }

    public static FeedEvent Of(FeedEventId id, string deliveryId, DeliveryEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return new FeedEvent
        {
            Id = id.ToString(),
            Type = happened.Type,
            DeliveryId = deliveryId,
            MessageId = happened.MessageId,
            Status = happened.Status ?? MessageStates.Sent,
            FailureType = happened.FailureType,
            Reason = happened.Reason,
            ReasonLabel = ((CampaignReason?)happened.Reason)?.Label(),
            BounceCode = happened.BounceCode,
            Rule = happened.Rule,
            RuleSet = happened.RuleSet,
            Address = happened.Address,
            Reply = happened.Reply,
            Attempt = happened.Attempt,
            Egress = happened.Egress,
            Mx = happened.Mx,
            Time = happened.Time ?? default,
        };
    }
}
