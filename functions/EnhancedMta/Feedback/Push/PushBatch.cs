using System.Text.Encodings.Web;
using System.Text.Json;
using EnhancedMta.Http;

namespace EnhancedMta.Feedback.Push;

/// <summary>Events of one delivery that are posted together.</summary>
/// <param name="First">The first event.</param>
/// <param name="Last">The last one.</param>
/// <param name="Count">How many.</param>
/// <param name="Body">JSON.</param>
internal sealed record PushBatch(FeedEventId First, FeedEventId Last, int Count, ReadOnlyMemory<byte> Body)
{
    public const int MaxEvents = 500;
    public const int MaxBytes = 256 * 1024;

    // ASCII only: a receiver that takes the body for text of another charset still signs the same octets.
    private static readonly JsonSerializerOptions Json = new(ApiJson.Options) { Encoder = JavaScriptEncoder.Default };

    /// <summary>The same for the same events.</summary>
    public string IdempotencyKey => $"{First}_{Last}";

    /// <param name="deliveryId">Whose events.</param>
    /// <param name="events">In order; what is too much is left.</param>
    /// <param name="until">Ends with this one, as it was planned before; null for as many as there may be.</param>
    /// <returns>Null when there are none.</returns>
    public static PushBatch? Of(string deliveryId, IEnumerable<(FeedEventId Id, FeedEvent Event)> events, FeedEventId? until)
    {
        using var body = new MemoryStream();
        body.Write("""{"deliveryId":"""u8);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(deliveryId));
        body.Write(""","events":["""u8);
        FeedEventId? first = null;
        var last = FeedEventId.Start;
        var count = 0;
        foreach (var (id, happened) in events)
        {
            if (id > until || count == MaxEvents)
                break;
            var json = JsonSerializer.SerializeToUtf8Bytes(happened, Json);
            // A planned batch is what it was; and one event always goes.
            if (until is null && count > 0 && body.Length + json.Length + 3 > MaxBytes)
                break;
            if (count > 0)
                body.WriteByte((byte)',');
            body.Write(json);
            first ??= id;
            (last, count) = (id, count + 1);
        }

        body.Write("]}"u8);
        return first is { } from ? new PushBatch(from, last, count, body.GetBuffer().AsMemory(0, (int)body.Length)) : null;
    }
}
