using System.Text.Json.Serialization;

namespace EnhancedMta.Feedback;

public enum DeliveryEventType
{
    Relayed,
    Delivered,
    Soft,
    Hard,
    Expired,
    /// <summary>A bounce that came back later: of the message, or an automatic answer that changes nothing.</summary>
    OutOfBand,
    /// <summary>The recipient calls it spam: Campaign denylists the address.</summary>
    Complaint,
    /// <summary>The recipient wants no more mail.</summary>
    Unsubscribe,
    /// <summary>An earlier verdict was wrong; this is the right one.</summary>
    Corrected,
    /// <summary>The address was called wrong and is not: take it out of quarantine.</summary>
    Unquarantine,
}

/// <summary>One change of one message, as Campaign will be told. Written in the transaction that makes the change.</summary>
public sealed record DeliveryEvent
{
    [JsonPropertyName("type")]
    public required DeliveryEventType Type { get; init; }

    [JsonPropertyName("messageId")]
    public required string MessageId { get; init; }

    [JsonPropertyName("status")]
    public string? Status { get; init; }

    [JsonPropertyName("failureType")]
    public Qualification.FailureType? FailureType { get; init; }

    [JsonPropertyName("reason")]
    public int? Reason { get; init; }

    [JsonPropertyName("bounceCode")]
    public int? BounceCode { get; init; }

    [JsonPropertyName("rule")]
    public string? Rule { get; init; }

    /// <summary>Version of the rules that decided.</summary>
    [JsonPropertyName("ruleSet")]
    public string? RuleSet { get; init; }

    /// <summary>The recipient, where the event is about the address.</summary>
    [JsonPropertyName("address")]
    public string? Address { get; init; }

    [JsonPropertyName("reply")]
    public string? Reply { get; init; }

    [JsonPropertyName("attempt")]
    public int? Attempt { get; init; }

    [JsonPropertyName("egress")]
    public int? Egress { get; init; }

    [JsonPropertyName("mx")]
    public string? Mx { get; init; }

    [JsonPropertyName("time")]
    public DateTimeOffset? Time { get; init; }
}
