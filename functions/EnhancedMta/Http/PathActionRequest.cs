using System.Text.Json;
using System.Xml;
using EnhancedMta.Deliveries;
using EnhancedMta.MxRules;
using EnhancedMta.Paths.Adaptation;

namespace EnhancedMta.Http;

/// <summary>Body of <c>POST paths/{path}</c>: <c>suspend</c>, <c>resume</c>, <c>override</c> or <c>endOverride</c>.</summary>
/// <param name="Act">From the path's state, its rule and the time to its next state.</param>
/// <param name="IsDryRun">Say what it would change, and change nothing.</param>
internal sealed record PathActionRequest(Func<PathControl, MxRule, DateTimeOffset, PathStep> Act, bool IsDryRun)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private static readonly string[] Known = ["action", "for", "until", "connections", "messagesPerHour", "messagesPerConnection", "reason", "dryRun"];

    /// <returns>Faults; none when <paramref name="request"/> is not null.</returns>
    public static IReadOnlyList<FieldError> Read(ReadOnlyMemory<byte> body, DateTimeOffset now, out PathActionRequest? request)
    {
        request = null;
        var faults = new List<FieldError>();
        try
        {
            using var document = UnicodeJson.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return [new FieldError("body", "must be an object with an action: suspend, resume, override or endOverride.")];
            foreach (var property in root.EnumerateObject().Select(p => p.Name).Where(name => !Known.Contains(name, StringComparer.Ordinal)))
                faults.Add(new FieldError(property, $"is not known; known are {string.Join(", ", Known)}."));
            var act = Action(root, now, faults);
            var dry = root.TryGetProperty("dryRun", out var flag) && flag.ValueKind == JsonValueKind.True;
            if (flag.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False))
                faults.Add(new FieldError("dryRun", "must be true or false."));
            if (faults.Count == 0 && act is not null)
                request = new PathActionRequest(act, dry);
        }
        catch (JsonException e)
        {
            faults.Add(new FieldError("body", $"is not JSON: {e.Message}"));
        }

        return faults;
    }

    private static Func<PathControl, MxRule, DateTimeOffset, PathStep>? Action(JsonElement root, DateTimeOffset now, List<FieldError> faults)
    {
        var reason = root.TryGetProperty("reason", out var given) ? given.ValueKind == JsonValueKind.String ? given.GetString() : null : null;
        switch (root.TryGetProperty("action", out var action) && action.ValueKind == JsonValueKind.String ? action.GetString() : null)
        {
            case "suspend":
                var suspended = Until(root, now, faults);
                return (control, rule, at) => OperatorActions.Suspend(control, rule, suspended, reason, at);
            case "resume":
                return (control, rule, at) => OperatorActions.Resume(control, rule, reason, at);
            case "endOverride":
                return (control, rule, at) => OperatorActions.EndOverride(control, rule, reason, at);
            case "override":
                var ceilings = new OperatorOverride(
                    Ceiling(root, "connections", faults), Ceiling(root, "messagesPerHour", faults), Ceiling(root, "messagesPerConnection", faults), Until(root, now, faults), reason);
                if (ceilings is { Connections: null, MessagesPerHour: null, MessagesPerConnection: null } && faults.Count == 0)
                    faults.Add(new FieldError("action", "override needs at least one of connections, messagesPerHour and messagesPerConnection."));
                return (control, rule, at) => OperatorActions.Override(control, rule, ceilings, at);
            default:
                faults.Add(new FieldError("action", "must be suspend, resume, override or endOverride."));
                return null;
        }
    }

    private static DateTimeOffset Until(JsonElement root, DateTimeOffset now, List<FieldError> faults)
    {
        var (hasFor, hasUntil) = (root.TryGetProperty("for", out var length), root.TryGetProperty("until", out var until));
        if (hasFor == hasUntil)
        {
            faults.Add(new FieldError("for", "give one of \"for\" (a duration such as PT2H) and \"until\" (a time such as 2026-12-01T08:00:00Z)."));
            return now + Longest;
        }

        DateTimeOffset end;
        if (hasFor && Duration(length) is { } duration)
            end = now + duration;
        else if (hasUntil && until.ValueKind == JsonValueKind.String && until.TryGetDateTimeOffset(out var time))
            end = time;
        else
        {
            faults.Add(hasFor ? new FieldError("for", "must be a duration such as PT2H.") : new FieldError("until", "must be a time such as 2026-12-01T08:00:00Z."));
            return now + Longest;
        }

        if (end <= now || end > now + Longest)
            faults.Add(new FieldError(hasFor ? "for" : "until", $"must end in the future, within {Longest.TotalDays} days."));
        return end > now ? end : now + Longest;
    }

    private static TimeSpan? Duration(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? XmlConvert.ToTimeSpan(value.GetString()!) : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }

    private static int? Ceiling(JsonElement root, string name, List<FieldError> faults)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1)
            return number;
        faults.Add(new FieldError(name, "must be a whole number, 1 or more. To send nothing, use suspend."));
        return null;
    }
}
