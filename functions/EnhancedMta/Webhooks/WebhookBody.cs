using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace EnhancedMta.Webhooks;

/// <summary>From octets to events.</summary>
internal static class WebhookBody
{
    // The deepest published event has eight levels; a document is not read recursively, so this only bounds nonsense.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <param name="body">What was sent.</param>
    /// <param name="expected">For the fault, such as "a JSON array of SendGrid events".</param>
    /// <param name="read">Reads one event.</param>
    public static WebhookResult ReadArray(ReadOnlyMemory<byte> body, string expected, Action<EventFields, ReadingBuilder> read) =>
        Read(body, expected, oneIsEnough: false, read);

    /// <summary>As <see cref="ReadArray"/>, and an object counts as an array of one.</summary>
    public static WebhookResult ReadArrayOrOne(ReadOnlyMemory<byte> body, string expected, Action<EventFields, ReadingBuilder> read) =>
        Read(body, expected, oneIsEnough: true, read);

    private static WebhookResult Read(ReadOnlyMemory<byte> body, string expected, bool oneIsEnough, Action<EventFields, ReadingBuilder> read)
    {
        if (!TryParse(body, expected, out var document, out var malformed))
            return malformed;
        using (document)
        {
            var root = document.RootElement;
            var isOne = oneIsEnough && root.ValueKind == JsonValueKind.Object;
            if (root.ValueKind != JsonValueKind.Array && !isOne)
                return new WebhookResult.Malformed($"The body must be {expected}; it is {Kind(root)}.");
            if (!isOne && root.GetArrayLength() > WebhookReceiver.MaxEvents)
                return new WebhookResult.Malformed($"The body must be {expected}, at most {WebhookReceiver.MaxEvents} of them.");
            var reading = new ReadingBuilder();
            reading.ForEach(
                isOne ? [(root, "")] : root.EnumerateArray().Select((element, index) => (element, string.Create(CultureInfo.InvariantCulture, $"[{index}]"))),
                fields => read(fields, reading));
            return reading.Build();
        }
    }

    public static bool TryParse(
        ReadOnlyMemory<byte> body, string expected, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out WebhookResult.Malformed? malformed)
    {
        try
        {
            document = JsonDocument.Parse(body, Options);
            malformed = null;
            return true;
        }
        catch (JsonException e)
        {
            // The exception's own message may quote the body.
            document = null;
            malformed = new WebhookResult.Malformed(string.Create(
                CultureInfo.InvariantCulture, $"The body must be {expected}; it is no JSON, or nested too deeply, from line {(e.LineNumber ?? 0) + 1}, octet {(e.BytePositionInLine ?? 0) + 1} on."));
            return false;
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        _ => "a literal",
    };
}
