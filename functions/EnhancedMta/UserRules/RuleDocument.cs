using System.Text.Json;

namespace EnhancedMta.UserRules;

/// <summary>Reads a rule file of any kind: an object with an array <c>rules</c>, each with an <c>id</c> of its own.</summary>
internal static class RuleDocument
{
    /// <summary>Largest file, in octets.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    private const int MaxFaults = 50;
    private const int MaxDepth = 8;

    /// <summary>How rule files are written: comments and trailing commas are allowed.</summary>
    public static JsonDocumentOptions Json { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    /// <param name="file">Its name, for messages.</param>
    /// <param name="json">UTF-8.</param>
    /// <param name="maxRules">More are not read.</param>
    /// <param name="read">A rule of its element and line. Throws <see cref="FormatException"/> with what is wrong.</param>
    /// <param name="id">A rule's id.</param>
    /// <param name="tooMuch">What the file has too much of when this rule is added, which ends the reading; null while it is not too much.</param>
    /// <exception cref="RuleFaultsException">Any rule is not as it should be.</exception>
    public static IReadOnlyList<T> Read<T>(
        string file, ReadOnlyMemory<byte> json, int maxRules, Func<JsonElement, int, T> read, Func<T, string> id, Func<T, string?> tooMuch)
    {
        if (json.Length > MaxLength)
            throw new RuleFaultsException(file, [$"has more than {MaxLength} octets"]);
        // Editors of Windows begin with a mark of the encoding.
        if (json.Span.StartsWith("\ufeff"u8))
            json = json[3..];
        var lines = RuleLines.Of(json.Span);
        var faults = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(json, Json);
            return Rules(document.RootElement) is { } array && ReadAll(array) is var rules && faults.Count == 0 ? rules : throw new RuleFaultsException(file, faults);
        }
        catch (JsonException e)
        {
            throw new RuleFaultsException(file, [$"line {e.LineNumber + 1}: is no JSON: {e.Message.Split(" LineNumber")[0]}"]);
        }
        catch (InvalidOperationException e)
        {
            // A name outside the rules, such as \ud800, that stands for no text.
            throw new RuleFaultsException(file, [$"line 1: {e.Message}"]);
        }

        JsonElement? Rules(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rules", out var array) || array.ValueKind != JsonValueKind.Array)
            {
                faults.Add("line 1: must be an object with an array \"rules\"");
                return null;
            }
            foreach (var property in root.EnumerateObject().Where(p => p.Name is not ("$schema" or "rules" or "about")))
                faults.Add($"line 1: \"{property.Name}\" is not known; a rule file has \"rules\" and perhaps \"about\"");
            return array;
        }

        List<T> ReadAll(JsonElement array)
        {
            var rules = new List<T>();
            var ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (element, index) in array.EnumerateArray().Select((e, i) => (e, i)))
            {
                var line = index < lines.Count ? lines[index] : 1;
                if (rules.Count == maxRules || faults.Count >= MaxFaults)
                {
                    faults.Add($"line {line}: and more; {maxRules} rules and {MaxFaults} faults are the most that are read");
                    break;
                }
                try
                {
                    var rule = read(element, line);
                    if (!ids.Add(id(rule)))
                        throw new FormatException("the id is another rule's already");
                    if (tooMuch(rule) is { } excess)
                    {
                        faults.Add($"line {line}, rule \"{id(rule)}\": {excess}");
                        break;
                    }
                    rules.Add(rule);
                }
                // The second kind: an escape such as \ud800 that stands for no text.
                catch (Exception e) when (e is FormatException or InvalidOperationException)
                {
                    faults.Add($"line {line}, rule {Name(element, index)}: {e.Message}");
                }
            }
            return rules;
        }
    }

    private static string Name(JsonElement element, int index)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetRawText() : $"no. {index + 1}";
        }
        catch (InvalidOperationException)
        {
            // One of its names stands for no text.
            return $"no. {index + 1}";
        }
    }
}
