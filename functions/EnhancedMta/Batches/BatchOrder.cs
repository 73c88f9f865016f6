using System.Text.Json;
using System.Text.Json.Serialization;
using EnhancedMta.SendingLog;

namespace EnhancedMta.Batches;

/// <summary>A queue message: which batch to relay, or which few that came due together. A few dozen octets, so that the queue carries a batch per operation.</summary>
/// <param name="Partition">Key of the log partition.</param>
/// <param name="BatchId">Which batch of it.</param>
/// <param name="Fresh">What the batch row held when it was queued for the first time: lets the first worker claim without reading. Null when unknown.</param>
/// <param name="Trace">W3C traceparent of whoever queued it, when that is sampled: the work goes on in the same trace.</param>
/// <param name="Also">Further batches of the delivery, each with its partition: together they cost the queue, their claims and paths less. Null for none.</param>
/// <param name="AlsoFresh">What the rows of those held, in their order; null when all are unknown.</param>
public sealed record BatchOrder(
    [property: JsonPropertyName("partition")] string Partition,
    [property: JsonPropertyName("batch")] string BatchId,
    [property: JsonPropertyName("fresh")] FreshBatch? Fresh = null,
    [property: JsonPropertyName("trace")] string? Trace = null,
    [property: JsonPropertyName("also")] IReadOnlyList<string>? Also = null,
    [property: JsonPropertyName("alsoFresh")] IReadOnlyList<FreshBatch?>? AlsoFresh = null)
{
    /// <summary>Of batches that go together: four full ones. More would leave too little for other processes.</summary>
    public const int MostMessages = 4 * Batch.MaxMessages;

    [JsonIgnore]
    public LogPartition LogPartition => LogPartition.Parse(Partition);

    /// <summary>One queue message for several batches.</summary>
    public static BatchOrder Of(IReadOnlyList<BatchOrder> orders)
    {
        ArgumentNullException.ThrowIfNull(orders);
        return orders.Count == 1 ? orders[0] : orders[0] with
        {
            Also = [.. orders.Skip(1).Select(o => $"{o.Partition}~{o.BatchId}")],
            AlsoFresh = orders.Skip(1).Any(o => o.Fresh is not null) ? [.. orders.Skip(1).Select(o => o.Fresh)] : null,
        };
    }

    /// <param name="key">Partition and id, as the schedule has them too.</param>
    public static BatchOrder OfKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var at = key.LastIndexOf('~');
        return new BatchOrder(key[..Math.Max(0, at)], key[(at + 1)..]);
    }

    /// <summary>An order for each of its batches.</summary>
    public IReadOnlyList<BatchOrder> Each() =>
        Also is null ? [this] :
        [
            .. Also.Select((key, i) => OfKey(key) with { Trace = Trace, Fresh = i < AlsoFresh?.Count ? AlsoFresh[i] : null })
                .Prepend(this with { Also = null, AlsoFresh = null }).DistinctBy(o => (o.Partition, o.BatchId)),
        ];

    public string ToJson() => JsonSerializer.Serialize(this, OrderJson.Default.BatchOrder);

    /// <exception cref="FormatException">Not an order of ours.</exception>
    public static BatchOrder Parse(string json)
    {
        try
        {
            var order = JsonSerializer.Deserialize(json, OrderJson.Default.BatchOrder);
            if (order is not { Partition.Length: > 0, BatchId.Length: > 0 })
                throw new FormatException("The queue message names no batch.");
            foreach (var one in order.Each())
            {
                if (one.BatchId.Length == 0)
                    throw new FormatException("The queue message names no batch.");
                _ = one.LogPartition;
            }

            return order;
        }
        catch (JsonException e)
        {
            throw new FormatException("The queue message is not a batch order.", e);
        }
    }
}

/// <param name="ETag">Of the batch row as written at acceptance, with no slot done.</param>
/// <param name="Count">Its messages.</param>
/// <param name="Lane">Its queue.</param>
/// <param name="Queued">When it was accepted.</param>
public sealed record FreshBatch(
    [property: JsonPropertyName("etag")] string ETag,
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("lane")] Lane Lane,
    [property: JsonPropertyName("queued")] DateTimeOffset Queued);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BatchOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;
