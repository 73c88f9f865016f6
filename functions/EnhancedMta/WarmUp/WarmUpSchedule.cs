using System.Reflection;
using System.Text.Json;

namespace EnhancedMta.WarmUp;

/// <summary>Budgets by day, and what a day must be like to go on. Data: <c>warm-up.json</c>, or a user's file of the same form.</summary>
/// <param name="Source">For people: where the figures come from.</param>
/// <param name="Days">Messages per day with one provider; the first is day 1.</param>
/// <param name="Reserve">Share of each day that only transactional messages may take: they never wait behind marketing.</param>
/// <param name="Enough">Share of the budget that must have been answered for a day to count.</param>
/// <param name="Limits">A day that reaches one is a step back.</param>
public sealed record WarmUpSchedule(string Source, IReadOnlyList<int> Days, double Reserve, double Enough, WarmUpLimits Limits)
{
    private const int MaxDays = 365;
    private const int MaxBudget = 1_000_000_000;

    private static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static WarmUpSchedule BuiltIn { get; } = Load();

    public int LastDay => Days.Count;

    /// <summary>Messages on a day; 1 is the first.</summary>
    public int BudgetOf(int day) => Days[Math.Clamp(day, 1, LastDay) - 1];

    /// <summary>What of a day's budget a lane may take.</summary>
    public int OpenTo(bool isUrgent, int day) => isUrgent ? BudgetOf(day) : BudgetOf(day) - (int)(BudgetOf(day) * Reserve);

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="FormatException">What is wrong, by the name of the field.</exception>
    public static WarmUpSchedule Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Relaxed);
            var root = Fields(document.RootElement, "the file", "$schema", "about", "source", "days", "reserve", "enough", "limits");
            var limits = Fields(Need(root, "limits"), "limits", "deferred", "blocked", "complaints");
            return new WarmUpSchedule(
                Need(root, "source") is { ValueKind: JsonValueKind.String } source && source.GetString() is { Length: > 0 } text ? text : throw new FormatException("source must be text"),
                ReadDays(Need(root, "days")),
                Share(root, "reserve", "reserve", isZeroGood: true),
                Share(root, "enough", "enough"),
                new WarmUpLimits(Limit(limits, "deferred"), Limit(limits, "blocked"), Limit(limits, "complaints")));
        }
        catch (JsonException e)
        {
            throw new FormatException($"it is no JSON: {e.Message}", e);
        }
    }

    /// <summary>The schedule of the settings.</summary>
    /// <param name="path">A user's file, or null for ours.</param>
    /// <param name="faults">Gets a line when the file cannot be used.</param>
    public static WarmUpSchedule Read(string? path, ICollection<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (string.IsNullOrEmpty(path))
            return BuiltIn;
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            faults.Add($"EnhancedMta__WarmUpFile: {path}: {e.Message.TrimEnd('.')}.");
            return BuiltIn;
        }
    }

    private static int[] ReadDays(JsonElement days)
    {
        if (days.ValueKind != JsonValueKind.Array || days.GetArrayLength() is < 1 or > MaxDays)
            throw new FormatException($"days must be a list of 1 to {MaxDays} numbers");
        return [.. days.EnumerateArray().Select((day, index) =>
            day.ValueKind == JsonValueKind.Number && day.TryGetInt32(out var budget) && budget is >= 1 and <= MaxBudget
                ? budget
                : throw new FormatException($"days[{index}] must be a whole number from 1 to {MaxBudget}"))];
    }

    private static ShareLimit Limit(JsonElement limits, string name)
    {
        var limit = Fields(Need(limits, name, "limits."), $"limits.{name}", "share", "atLeast");
        return Need(limit, "atLeast", $"limits.{name}.") is { ValueKind: JsonValueKind.Number } count && count.TryGetInt32(out var least) && least >= 1
            ? new ShareLimit(Share(limit, "share", $"limits.{name}.share"), least)
            : throw new FormatException($"limits.{name}.atLeast must be a whole number of at least 1");
    }

    private static double Share(JsonElement parent, string name, string path, bool isZeroGood = false) =>
        Need(parent, name, path[..^name.Length]) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var share) && share <= 1 && (share > 0 || (isZeroGood && share == 0))
            ? share
            : throw new FormatException($"{path} must be a number {(isZeroGood ? "from 0" : "above 0 and")} up to 1");

    private static JsonElement Need(JsonElement parent, string name, string path = "") =>
        parent.TryGetProperty(name, out var value) ? value : throw new FormatException($"{path}{name} is missing");

    private static JsonElement Fields(JsonElement element, string what, params string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{what} must be an object");
        foreach (var name in element.EnumerateObject().Select(p => p.Name).Where(name => !known.Contains(name, StringComparer.Ordinal)))
            throw new FormatException($"{what} has an unknown field '{name}'; known are {string.Join(", ", known)}");
        return element;
    }

    private static WarmUpSchedule Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("EnhancedMta.WarmUp.warm-up.json")!;
        using var text = new MemoryStream();
        stream.CopyTo(text);
        return Parse(text.ToArray());
    }
}

/// <summary>What a day must stay under.</summary>
public sealed record WarmUpLimits(ShareLimit Deferred, ShareLimit Blocked, ShareLimit Complaints);

/// <param name="Share">Of all.</param>
/// <param name="AtLeast">Fewer are chance, whatever their share: one complaint among the 200 messages of the first day is half a percent.</param>
public readonly record struct ShareLimit(double Share, int AtLeast)
{
    public bool IsReached(int count, int all) => count >= AtLeast && count >= all * Share;
}
