using System.Text.Json.Serialization;

namespace EnhancedMta.Bounces;

/// <summary>A queue message of the bounces queue. One of <see cref="Mail"/> and <see cref="Reports"/> is given.</summary>
/// <param name="Mail">Name of the blob that holds a mail.</param>
/// <param name="Recipient">Envelope recipient of the mail, when known.</param>
/// <param name="Reports">Name of the blob that holds reports, read and verified already.</param>
public sealed record BounceOrder(
    [property: JsonPropertyName("mail")] string? Mail,
    [property: JsonPropertyName("recipient")] string? Recipient,
    [property: JsonPropertyName("reports")] string? Reports);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BounceOrder))]
[JsonSerializable(typeof(IReadOnlyList<BounceReport>))]
internal sealed partial class BounceJson : JsonSerializerContext;
