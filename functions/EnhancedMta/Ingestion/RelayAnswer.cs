using System.Text.Json.Serialization;

namespace EnhancedMta.Ingestion;

/// <summary>The answer to a relay request.</summary>
/// <param name="Accepted">Durably ours now.</param>
/// <param name="Duplicates">Lines whose messageId the delivery has already; nothing is sent twice.</param>
/// <param name="Rejected">Lines that cannot be relayed, with the reason; at most <see cref="MaxRejectedListed"/> are listed.</param>
/// <param name="RejectedCount">How many there are.</param>
public sealed record RelayAnswer(
    [property: JsonPropertyName("accepted")] int Accepted,
    [property: JsonPropertyName("duplicates")] int Duplicates,
    [property: JsonPropertyName("rejected")] IReadOnlyList<RejectedLine> Rejected,
    [property: JsonPropertyName("rejectedCount")] int RejectedCount)
{
    /// <summary>What harms the delivery of accepted messages; empty when nothing was seen.</summary>
    [JsonPropertyName("warnings")]
    public IReadOnlyList<RelayWarning> Warnings { get; init; } = [];

    /// <summary>Enough to see what is wrong; a request of 50,000 bad lines must not be answered by a page of megabytes.</summary>
    public const int MaxRejectedListed = 1_000;
}
