using System.Text.Json;

namespace EnhancedMta.UserRules;

/// <summary>On which line each rule of a file begins.</summary>
internal static class RuleLines
{
    /// <param name="json">UTF-8. When it is no JSON, what was read until then.</param>
    public static IReadOnlyList<int> Of(ReadOnlySpan<byte> json)
    {
        var lines = new List<int>();
        var (line, counted, inRules) = (1, 0, false);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
        try
        {
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 1, TokenType: JsonTokenType.PropertyName })
                    inRules = reader.ValueTextEquals("rules"u8);
                if (!inRules || reader.CurrentDepth != 2 || reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    continue;
                var start = (int)reader.TokenStartIndex;
                line += json[counted..start].Count((byte)'\n');
                counted = start;
                lines.Add(line);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser proper reports it: no JSON, or a name with half a surrogate pair.
        }
        return lines;
    }
}
