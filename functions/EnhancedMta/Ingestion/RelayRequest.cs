namespace EnhancedMta.Ingestion;

/// <summary>A request that relays messages of one delivery: its body, and what stands around it.</summary>
/// <param name="Body">As received, perhaps compressed. Not disposed by the reader.</param>
/// <param name="ContentType">The header's value.</param>
/// <param name="DeliveryId">Campaign's id of the delivery; part of the Message-ID of messages that have none.</param>
public sealed record RelayRequest(Stream Body, string? ContentType, string DeliveryId)
{
    /// <summary>The header's value: absent, <c>identity</c> or <c>gzip</c>.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>The delivery's default sender, <c>local@domain</c> or <c>Name &lt;local@domain&gt;</c>: the From of composed messages that name none.</summary>
    public string? DefaultSender { get; init; }

    /// <summary>For <c>message/rfc822</c>, where the body has no place for it.</summary>
    public string? MessageId { get; init; }

    /// <summary>Recipient, for <c>message/rfc822</c>.</summary>
    public string? To { get; init; }
}
