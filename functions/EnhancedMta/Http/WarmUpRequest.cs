using System.Text.Json;
using EnhancedMta.Deliveries;
using EnhancedMta.Egresses;

namespace EnhancedMta.Http;

/// <summary>Body of <c>POST warm-up</c>.</summary>
/// <param name="Egress">Whose.</param>
/// <param name="Provider">With whom; null for all.</param>
/// <param name="Day">Of the schedule; null for warm.</param>
/// <param name="IsDryRun">Say what it would change, and change nothing.</param>
internal sealed record WarmUpRequest(Egress Egress, string? Provider, int? Day, bool IsDryRun)
{
    private static readonly string[] Known = ["egress", "provider", "day", "warm", "dryRun"];

    /// <param name="body">JSON.</param>
    /// <param name="egresses">That there are.</param>
    /// <param name="providers">Names that there are.</param>
    /// <param name="lastDay">Of the schedule.</param>
    /// <param name="request">Null when there are faults.</param>
    /// <returns>Faults; none when <paramref name="request"/> is not null.</returns>
    public static IReadOnlyList<FieldError> Read(
        ReadOnlyMemory<byte> body, IReadOnlyList<Egress> egresses, IReadOnlyCollection<string> providers, int lastDay, out WarmUpRequest? request)
    {
        request = null;
        var faults = new List<FieldError>();
        try
        {
            using var document = UnicodeJson.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be an object with egress, and day or warm.")];
            foreach (var property in root.EnumerateObject().Select(p => p.Name).Where(name => !Known.Contains(name, StringComparer.Ordinal)))
                faults.Add(new FieldError(property, $"is not known; known are {string.Join(", ", Known)}."));
            var egress = ReadEgress(root, egresses, faults);
            var provider = ReadProvider(root, providers, faults);
            var (isWarm, isDryRun) = (Flag(root, "warm", faults), Flag(root, "dryRun", faults));
            var day = ReadDay(root, lastDay, faults);
            if (isWarm == day is not null && faults.Count == 0)
                faults.Add(new FieldError("day", "give one of day (of the schedule) and warm (true)."));
            if (faults.Count == 0)
                request = new WarmUpRequest(egress!, provider, day, isDryRun);
        }
        catch (JsonException e)
        {
            faults.Add(new FieldError("body", $"is not JSON: {e.Message}"));
        }
        return faults;
    }

    private static Egress? ReadEgress(JsonElement root, IReadOnlyList<Egress> egresses, List<FieldError> faults)
    {
        var given = root.TryGetProperty("egress", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var id) ? id : 0;
        var egress = egresses.FirstOrDefault(e => e.PublicId == given);
        if (egress is null)
            faults.Add(new FieldError("egress", $"must be the public id of an egress; there are {string.Join(", ", egresses.Select(e => e.PublicId))}."));
        else if (!egress.HasWarmUp)
            faults.Add(new FieldError("egress", egress.DeclaredWarm ? "is declared warm by the settings (DeclaredWarm)." : "is a smarthost, whose addresses are not ours to warm."));
        return egress;
    }

    private static string? ReadProvider(JsonElement root, IReadOnlyCollection<string> providers, List<FieldError> faults)
    {
        if (!root.TryGetProperty("provider", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.String && providers.Contains(value.GetString()!))
            return value.GetString();
        faults.Add(new FieldError("provider", $"must be one of {string.Join(", ", providers)}, or left out for all."));
        return null;
    }

    private static int? ReadDay(JsonElement root, int lastDay, List<FieldError> faults)
    {
        if (!root.TryGetProperty("day", out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var day) && day >= 1 && day <= lastDay)
            return day;
        faults.Add(new FieldError("day", $"must be a whole number from 1 to {lastDay}."));
        return null;
    }

    private static bool Flag(JsonElement root, string name, List<FieldError> faults)
    {
        if (!root.TryGetProperty(name, out var value))
            return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        faults.Add(new FieldError(name, "must be true or false."));
        return false;
    }
}
