using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace EnhancedMta.Webhooks;

/// <summary>An object in an event, and where it is. A field that is missing or null is null; one of another kind ends the event.</summary>
internal readonly struct EventFields
{
    /// <summary>Of words that nobody looks up: replies, reasons. Longer ones are cut.</summary>
    private const int MaxText = 4096;

    /// <summary>Of ids, names and addresses. A longer one is a fault: cut, it would be another one.</summary>
    private const int MaxWord = 320;

    /// <summary>Of a field whose name is not known before: it is printed in faults.</summary>
    private const int MaxName = 64;

    private readonly JsonElement _element;

    /// <exception cref="EventFaultException">It is no object.</exception>
    public EventFields(JsonElement element, string path)
    {
        (_element, Path) = (element, path);
        if (element.ValueKind != JsonValueKind.Object)
            throw new EventFaultException(path.Length == 0 ? "body" : path, "must be an object");
    }

    /// <summary>Such as <c>[3].msys.message_event</c>.</summary>
    public string Path { get; }

    /// <summary>A string, or a number as it is written: providers are not of one mind.</summary>
    public string? Text(string name) => Whole(name) is { } text ? Cut(text) : null;

    /// <summary>As <see cref="Text"/>, trimmed, not empty and without control characters.</summary>
    public string? Word(string name) => TryGet(name, out var value) ? Word(value, At(name)) : null;

    public string Required(string name) => Word(name) ?? throw Fault(name, "is missing");

    /// <summary>An address or a Message-ID, without angle brackets.</summary>
    public string? Bracketed(string name) => TryGet(name, out var value) ? Bracketed(value, At(name)) : null;

    public static string? Bracketed(JsonElement element, string path) => Word(element, path) switch
    {
        ['<', .. { Length: > 0 } inner, '>'] => inner,
        var word => word,
    };

    /// <summary>The string with all that is in it: what was signed.</summary>
    public string? Whole(string name) => TryGet(name, out var value) ? Whole(value, At(name)) : null;

    /// <summary>Unix seconds or RFC 3339. Null when it is neither: an event counts even if it does not know when it was.</summary>
    public DateTimeOffset? Time(string name)
    {
        const long EndOfTime = 253_402_300_799;
        if (Text(name) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return seconds is > 0 and < EndOfTime ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)) : null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }

    public bool IsTrue(string name) => TryGet(name, out var value) && value.ValueKind == JsonValueKind.True;

    public EventFields? Object(string name) => TryGet(name, out var value) ? new EventFields(value, At(name)) : null;

    public EventFields RequiredObject(string name) => Object(name) ?? throw Fault(name, "is missing");

    /// <summary>The members of an array; none when it is missing.</summary>
    public IEnumerable<(JsonElement Element, string Path)> Items(string name) => Items(name, least: 0);

    /// <summary>The members of an array that must have some.</summary>
    public IEnumerable<(JsonElement Element, string Path)> RequiredItems(string name) => Items(name, least: 1);

    /// <summary>All fields that are objects.</summary>
    public List<EventFields> Objects()
    {
        var found = new List<EventFields>();
        try
        {
            foreach (var property in _element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Object)
                    found.Add(new EventFields(property.Value, At(IsPlain(property.Name) ? property.Name : "…")));
            }
        }
        catch (InvalidOperationException)
        {
            throw new EventFaultException(Path, "has a name with broken UTF-8 or half a surrogate pair");
        }
        return found;
    }

    /// <summary>
    /// Our return path, as whoever sent the mail gave it to the provider to keep with it, under the name <c>emta</c>. What else senders keep
    /// there is theirs, of any form.
    /// </summary>
    public string? Kept(string metadata) =>
        TryGet(metadata, out var value) && value.ValueKind == JsonValueKind.Object ? new EventFields(value, At(metadata)).Kept() : null;

    public string? Kept() => TryGet("emta", out var value) && value.ValueKind == JsonValueKind.String ? Bracketed("emta") : null;

    /// <summary>The provider's id of the event; without one, a hash of the whole event: sent again it is the same.</summary>
    public string Id(string name) => Word(name) ?? $"sha256-{Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(_element)))}";

    public EventFaultException Fault(string name, string error) => new(At(name), error);

    private string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private IEnumerable<(JsonElement Element, string Path)> Items(string name, int least)
    {
        if (!TryGet(name, out var value))
            return least == 0 ? [] : throw Fault(name, "is missing");
        if (value.ValueKind != JsonValueKind.Array)
            throw Fault(name, "must be an array");
        var length = value.GetArrayLength();
        if (length < least)
            throw Fault(name, "is empty");
        if (length > WebhookReceiver.MaxEvents)
            throw Fault(name, $"has more than {WebhookReceiver.MaxEvents} members");
        var path = At(name);
        return value.EnumerateArray().Select((element, index) => (element, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]")));
    }

    private static string? Word(JsonElement element, string path)
    {
        if (Whole(element, path)?.Trim() is not { Length: > 0 } text)
            return null;
        if (text.Length > MaxWord)
            throw new EventFaultException(path, $"is longer than {MaxWord} characters");
        return text.Any(char.IsControl) ? throw new EventFaultException(path, "contains control characters") : text;
    }

    private static string? Whole(JsonElement element, string path)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => throw new EventFaultException(path, "must be a string"),
            };
        }
        catch (InvalidOperationException)
        {
            throw new EventFaultException(path, "contains broken UTF-8 or half a surrogate pair");
        }
    }

    private bool TryGet(string name, out JsonElement value)
    {
        try
        {
            return _element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        }
        catch (InvalidOperationException)
        {
            throw new EventFaultException(Path, "has a name with broken UTF-8 or half a surrogate pair");
        }
    }

    private static bool IsPlain(string name) => name.Length <= MaxName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static string Cut(string text) =>
        text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)];
}
