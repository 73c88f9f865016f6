using System.Buffers;
using System.Text.Json;

namespace EnhancedMta.Ingestion;

/// <summary>JSON strings that must be valid Unicode: the reader itself lets broken UTF-8 pass until the value is taken.</summary>
internal static class JsonText
{
    /// <summary>The current string or property name.</summary>
    /// <exception cref="InvalidLineException">It is no string, or broken.</exception>
    public static string Read(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            throw new InvalidLineException(field, "must be a string");
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Broken(field);
        }
    }

    /// <summary>The current string in UTF-8, without a detour over UTF-16.</summary>
    public static void CopyTo(ref Utf8JsonReader reader, string field, ArrayBufferWriter<byte> target)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new InvalidLineException(field, "must be a string");
        try
        {
            // Escapes are never shorter than what they stand for.
            var span = target.GetSpan(Math.Max(1, reader.ValueSpan.Length));
            target.Advance(reader.CopyString(span));
        }
        catch (InvalidOperationException)
        {
            throw Broken(field);
        }
    }

    /// <summary>The octets that the current string stands for.</summary>
    /// <exception cref="InvalidLineException">It is no string, or not in base64.</exception>
    public static byte[] ReadBase64(ref Utf8JsonReader reader, string field)
    {
        try
        {
            if (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var octets))
                return octets;
        }
        catch (InvalidOperationException)
        {
            throw Broken(field);
        }

        throw new InvalidLineException(field, "must be a string in base64 (RFC 4648 §4), without line breaks");
    }

    private static InvalidLineException Broken(string field) =>
        new(field, "contains broken UTF-8 or half a surrogate pair");
}
