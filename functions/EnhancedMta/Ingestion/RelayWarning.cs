using System.Text.Json.Serialization;

namespace EnhancedMta.Ingestion;

/// <summary>Something about accepted messages that harms their delivery and that only the sender can change. Told once for a request.</summary>
/// <param name="Code">What it is, for programs.</param>
/// <param name="Message">What it is and what to do, for people.</param>
/// <param name="Count">Messages that it is so with.</param>
/// <param name="MessageIds">The first of them, at most <see cref="MaxListed"/>.</param>
public sealed record RelayWarning(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("messageIds")] IReadOnlyList<string> MessageIds)
{
    /// <summary>Enough to look at one: what is wrong with a template is wrong with each of its messages.</summary>
    public const int MaxListed = 5;
}
