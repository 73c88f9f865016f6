using System.Text.Json;
using EnhancedMta.Qualification;

namespace EnhancedMta.BounceRules;

/// <summary>The properties of a rule as its file has them. Each fault names its property.</summary>
internal static class RuleFields
{
    private const int MaxTextLength = 4_000;

    public static string Required(JsonElement element, string name) =>
        Optional(element, name) ?? throw new FormatException($"\"{name}\" is missing");

    public static string? Optional(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return Text(value, name);
    }

    public static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text)
            throw new FormatException($"\"{name}\" must be text");
        return text.Length <= MaxTextLength || name is "reply" ? text : throw new FormatException($"\"{name}\" has more than {MaxTextLength} characters");
    }

    public static IReadOnlyList<string> Texts(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return [];
        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(v => Text(v, name))]
            : [Text(value, name)];
    }

    public static int? Number(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw new FormatException($"\"{name}\" must be a whole number");
    }

    public static bool? Flag(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new FormatException($"\"{name}\" must be true or false");
    }

    /// <summary>As rules write it: classes in camel case, types as Campaign does.</summary>
    public static T Named<T>(string name, string text) where T : struct, Enum
    {
        var values = Enum.GetValues<T>().ToDictionary(value => typeof(T) == typeof(FailureType) ? value.ToString() : CamelCase(value.ToString()), StringComparer.Ordinal);
        return values.TryGetValue(text, out var known) ? known : throw new FormatException($"{name} \"{text}\" is not known; known are {string.Join(", ", values.Keys)}");
    }

    public static T Defined<T>(string name, int number) where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(value) ? value : throw new FormatException($"{name} {number} is not known; known are {string.Join(", ", Enum.GetValues<T>().Select(v => Convert.ToInt32(v, null)))}");
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
