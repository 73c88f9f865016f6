using System.Text.Json;
using System.Text.Json.Serialization;
using EnhancedMta.Storage;

namespace EnhancedMta.Feedback;

/// <summary>Asks for the feed's work: collecting, and pushing to an endpoint.</summary>
public sealed class FeedQueue(StorageAccount storage)
{
    // Storage hides a message for seven days at most; what it asks for is looked at when it comes, so none needs to live longer.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromDays(7);

    /// <param name="run">Number of the run; null to begin when nobody collects.</param>
    /// <param name="delay">Not before.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    internal Task CollectAsync(long? run, TimeSpan delay, CancellationToken cancellationToken) =>
        storage.Feedback.SendMessageAsync(JsonSerializer.Serialize(new CollectOrder(run), FeedOrderJson.Default.CollectOrder), delay, TimeToLive, cancellationToken);

    internal Task PushAsync(string endpointId, CancellationToken cancellationToken) =>
        storage.FeedbackPush.SendMessageAsync(JsonSerializer.Serialize(new PushOrder(endpointId), FeedOrderJson.Default.PushOrder), null, TimeToLive, cancellationToken);
}

internal sealed record CollectOrder([property: JsonPropertyName("run")] long? Run)
{
    /// <exception cref="FormatException">Not an order of ours.</exception>
    public static CollectOrder Parse(string json) => FeedOrderJson.Read(json, FeedOrderJson.Default.CollectOrder);
}

internal sealed record PushOrder([property: JsonPropertyName("endpoint")] string EndpointId)
{
    /// <exception cref="FormatException">Not an order of ours.</exception>
    public static PushOrder Parse(string json) =>
        FeedOrderJson.Read(json, FeedOrderJson.Default.PushOrder) is { EndpointId.Length: > 0 } order ? order : throw new FormatException("The queue message names no endpoint.");
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CollectOrder))]
[JsonSerializable(typeof(PushOrder))]
internal sealed partial class FeedOrderJson : JsonSerializerContext
{
    public static T Read<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new FormatException("The queue message is empty.");
        }
        catch (JsonException e)
        {
            throw new FormatException("The queue message is not an order of the feed.", e);
        }
    }
}
