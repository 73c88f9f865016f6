using System.Text;
using System.Text.Json;

namespace EnhancedMta.Http;

/// <summary>
/// JSON whose texts are all valid Unicode. The parser lets broken UTF-8 and half surrogate pairs pass until a text or a name is taken, and fails
/// then as if it were our fault.
/// </summary>
internal static class UnicodeJson
{
    /// <exception cref="JsonException">It is no JSON, or a text in it is broken.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, JsonDocumentOptions options = default)
    {
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = options.MaxDepth, CommentHandling = options.CommentHandling, AllowTrailingCommas = options.AllowTrailingCommas });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && (reader.ValueIsEscaped || !Ascii.IsValid(reader.ValueSpan)))
                Check(ref reader);
        }

        return JsonDocument.Parse(json, options);
    }

    private static void Check(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
        }
        catch (InvalidOperationException)
        {
            throw new JsonException($"broken UTF-8, or half a surrogate pair, in what begins at octet {reader.TokenStartIndex}.");
        }
    }
}
