using System.Text;
using System.Text.Json;
using EnhancedMta.Corrections;
using EnhancedMta.Deliveries;

namespace EnhancedMta.Http;

/// <summary>Body of <c>POST requalify</c>.</summary>
/// <param name="Scope">Which verdicts.</param>
/// <param name="Rules">A rule file to try; null for the rules that hold.</param>
/// <param name="Confirm">Correct what moves.</param>
/// <param name="Continuation">Of the call before.</param>
internal sealed record RequalifyRequest(RequalificationScope Scope, ReadOnlyMemory<byte>? Rules, bool Confirm, string? Continuation)
{
    private static readonly string[] Known = ["from", "to", "deliveryId", "rules", "confirm", "continuation"];

    /// <returns>Faults; none when <paramref name="request"/> is not null.</returns>
    public static IReadOnlyList<FieldError> Read(ReadOnlyMemory<byte> body, out RequalifyRequest? request)
    {
        request = null;
        var faults = new List<FieldError>();
        try
        {
            using var document = UnicodeJson.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be an object with from and to")];
            foreach (var property in root.EnumerateObject().Select(p => p.Name).Where(name => !Known.Contains(name, StringComparer.Ordinal)))
                Fault(faults, property, $"is not known; known are {string.Join(", ", Known)}");
            var from = Time(root, "from", faults);
            var to = Time(root, "to", faults);
            if (from > to)
                Fault(faults, "to", "must not be before from");
            var confirm = root.TryGetProperty("confirm", out var flag) && (flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : Fault(faults, "confirm", "must be true or false"));
            var rules = root.TryGetProperty("rules", out var file) ? (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(file.GetRawText()) : null;
            if (rules is not null && confirm)
                Fault(faults, "confirm", "corrects by the rules that hold: put the tried ones into force first, then confirm without rules");
            if (faults.Count == 0)
                request = new RequalifyRequest(new RequalificationScope(from, to, Text(root, "deliveryId", faults)), rules, confirm, Text(root, "continuation", faults));
            if (faults.Count > 0)
                request = null;
        }
        catch (JsonException e)
        {
            Fault(faults, "body", $"is no JSON: {e.Message}");
        }
        return faults;
    }

    private static DateTimeOffset Time(JsonElement root, string name, List<FieldError> faults)
    {
        if (root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time))
            return time;
        Fault(faults, name, "must be a time such as 2026-04-26T00:00:00Z");
        return default;
    }

    private static string? Text(JsonElement root, string name, List<FieldError> faults)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Fault(faults, name, "must be text");
        return null;
    }

    private static bool Fault(List<FieldError> faults, string field, string fault)
    {
        faults.Add(new FieldError(field, fault));
        return false;
    }
}
