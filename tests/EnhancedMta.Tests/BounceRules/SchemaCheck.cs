using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace EnhancedMta.Tests.BounceRules;

/// <summary>Validates by the part of JSON Schema 2020-12 that the schema of rules uses; any other keyword is a fault of the schema.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description", "format"];

    /// <returns>A path and a reason for each thing that is not as it should be.</returns>
    public IReadOnlyList<string> Faults(JsonElement value)
    {
        var faults = new List<string>();
        Check(root, value, "", faults);
        return faults;
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<string> faults)
    {
        foreach (var keyword in schema.EnumerateObject().Where(k => !Annotations.Contains(k.Name)))
        {
            if (Fault(schema, keyword, value, path, faults) is { } fault)
                faults.Add($"{path}: {fault}");
        }
    }

    private string? Fault(JsonElement schema, JsonProperty keyword, JsonElement value, string path, List<string> faults)
    {
        switch (keyword.Name)
        {
            case "type":
                return Type(value) == keyword.Value.GetString() || (keyword.Value.ValueEquals("integer") && IsInteger(value)) ? null : $"is no {keyword.Value}";
            case "minimum" when value.ValueKind == JsonValueKind.Number:
                return value.GetDouble() >= keyword.Value.GetDouble() ? null : "is too small";
            case "maximum" when value.ValueKind == JsonValueKind.Number:
                return value.GetDouble() <= keyword.Value.GetDouble() ? null : "is too large";
            case "exclusiveMinimum" when value.ValueKind == JsonValueKind.Number:
                return value.GetDouble() > keyword.Value.GetDouble() ? null : "is too small";
            case "exclusiveMaximum" when value.ValueKind == JsonValueKind.Number:
                return value.GetDouble() < keyword.Value.GetDouble() ? null : "is too large";
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                return null;
            case "not":
                return Holds(keyword.Value, value) ? "is what it must not be" : null;
            case "dependentRequired":
                return keyword.Value.EnumerateObject().Where(d => value.TryGetProperty(d.Name, out _)).SelectMany(d => d.Value.EnumerateArray())
                    .FirstOrDefault(n => !value.TryGetProperty(n.GetString()!, out _)) is { ValueKind: JsonValueKind.String } companion ? $"{companion} is missing" : null;
            case "$ref":
                Check(root.GetProperty("$defs").GetProperty(keyword.Value.GetString()!["#/$defs/".Length..]), value, path, faults);
                return null;
            case "enum":
                return keyword.Value.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)) ? null : $"{value} is none of the values";
            case "const":
                return JsonElement.DeepEquals(keyword.Value, value) ? null : $"is not {keyword.Value}";
            case "oneOf":
                return Matching(keyword.Value, value) == 1 ? null : $"{value} is {Matching(keyword.Value, value)} of the forms";
            case "anyOf":
                return Matching(keyword.Value, value) > 0 ? null : "is none of the forms";
            case "pattern":
                return value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, keyword.Value.GetString()!) ? null : $"{value} is not like {keyword.Value}";
            case "minLength":
                return value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= keyword.Value.GetInt32() ? null : "is too short";
            case "maxLength":
                return value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= keyword.Value.GetInt32() ? null : "is too long";
            case "minItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= keyword.Value.GetInt32() ? null : "has too few";
            case "maxItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= keyword.Value.GetInt32() ? null : "has too many";
            case "items":
                foreach (var (item, index) in Items(value))
                    Check(keyword.Value, item, string.Create(CultureInfo.InvariantCulture, $"{path}/{index}"), faults);
                return null;
            case "properties":
                foreach (var property in Properties(value))
                {
                    if (keyword.Value.TryGetProperty(property.Name, out var known))
                        Check(known, property.Value, $"{path}/{property.Name}", faults);
                }
                return null;
            case "required":
                return value.ValueKind == JsonValueKind.Object && keyword.Value.EnumerateArray().FirstOrDefault(n => !value.TryGetProperty(n.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing
                    ? $"{missing} is missing" : null;
            case "additionalProperties" when keyword.Value.ValueKind == JsonValueKind.False:
                return Properties(value).Select(p => p.Name).FirstOrDefault(n => !schema.GetProperty("properties").TryGetProperty(n, out _)) is { } unknown ? $"{unknown} is not known" : null;
            default:
                return $"the schema says {keyword.Name}, which is not checked";
        }
    }

    private int Matching(JsonElement forms, JsonElement value) => forms.EnumerateArray().Count(form => Holds(form, value));

    private bool Holds(JsonElement form, JsonElement value)
    {
        var faults = new List<string>();
        Check(form, value, "", faults);
        return faults.Count == 0;
    }

    private static bool IsInteger(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _);

    private static IEnumerable<(JsonElement Item, int Index)> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select((item, index) => (item, index)) : [];

    private static JsonElement.ObjectEnumerator Properties(JsonElement value) => value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : default;

    private static string Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
