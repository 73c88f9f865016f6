using System.Text.Json;
using System.Xml;

namespace EnhancedMta.UserRules;

/// <summary>Reads the properties of a rule, or of a part of it. All throw <see cref="FormatException"/>, which names the property.</summary>
internal static class RuleFields
{
    private const int MaxTextLength = 4_000;

    /// <summary>A misspelt property would be a rule that does something else.</summary>
    /// <param name="element">What the properties are of.</param>
    /// <param name="known">All there are.</param>
    /// <param name="place">For messages, where it is not the rule itself: <c> in timeouts</c>.</param>
    public static void OnlyKnown(JsonElement element, IReadOnlyList<string> known, string place = "")
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException($"must be an object{place}");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name, StringComparer.Ordinal))
                throw new FormatException($"\"{property.Name}\" is not known{place}; known are {string.Join(", ", known)}");
            if (!names.Add(property.Name))
                throw new FormatException($"\"{property.Name}\" stands there twice{place}");
        }
    }

    public static string Id(JsonElement element)
    {
        var id = Required(element, "id");
        if (id.Length > 64 || id.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-".AsSpan()))
            throw new FormatException("the id must be 1 to 64 of a-z, 0-9 and -");
        return id;
    }

    public static string Required(JsonElement element, string name) =>
        Optional(element, name) ?? throw new FormatException($"\"{name}\" is missing");

    public static string? Optional(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? Text(value, name) : null;

    public static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text)
            throw new FormatException($"\"{name}\" must be text");
        return text.Length <= MaxTextLength || name is "reply" ? text : throw new FormatException($"\"{name}\" has more than {MaxTextLength} characters");
    }

    /// <summary>One text, or an array of them; none when it is not there.</summary>
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

    public static int? Number(JsonElement element, string name, int least, int most) => Number(element, name) is not { } number
        ? null : number >= least && number <= most ? number : throw new FormatException($"\"{name}\" must be from {least} to {most}");

    /// <summary>A factor between 0 and 1, without either.</summary>
    public static double? Share(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var share) && share is > 0 and < 1
            ? share : throw new FormatException($"\"{name}\" must be a number between 0 and 1, such as 0.5");
    }

    public static bool? Flag(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new FormatException($"\"{name}\" must be true or false");
    }

    /// <summary>An ISO 8601 duration of days, hours, minutes and seconds, as <c>validityPeriod</c> has: <c>PT30S</c>, <c>PT1H30M</c>.</summary>
    public static TimeSpan? Duration(JsonElement element, string name, TimeSpan least, TimeSpan most)
    {
        if (Optional(element, name) is not { } text)
            return null;
        TimeSpan duration;
        try
        {
            // Years and months have no fixed length; a fraction of a second means nothing here.
            duration = text.AsSpan().ContainsAny("Y-+.") || text.AsSpan().IndexOf('M') is >= 0 and var month && !text.AsSpan(0, month).Contains('T')
                ? throw new FormatException() : XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"\"{name}\" must be an ISO 8601 duration such as PT30S, PT15M or PT2H");
        }
        return duration >= least && duration <= most ? duration : throw new FormatException($"\"{name}\" must be from {XmlConvert.ToString(least)} to {XmlConvert.ToString(most)}");
    }

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>A value of an enumeration by its name in camel case.</summary>
    public static T Named<T>(string name, string text) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (CamelCase(value.ToString()).Equals(text, StringComparison.Ordinal))
                return value;
        }
        throw new FormatException($"{name} \"{text}\" is not known; known are {string.Join(", ", Enum.GetNames<T>().Select(CamelCase))}");
    }
}
