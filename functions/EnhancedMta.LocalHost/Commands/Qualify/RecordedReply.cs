using System.Text.Json;
using EnhancedMta.Smtp;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>A line of the standard input: <c>{id, reply, command?, mx?}</c>.</summary>
/// <param name="Id">As JSON, to be given back as it came.</param>
/// <param name="Reply">Read from the quotation.</param>
/// <param name="MxHost">Who said it.</param>
internal sealed record RecordedReply(string Id, SmtpReply Reply, string? MxHost)
{
    /// <exception cref="FormatException">It is no such line; the message names the field.</exception>
    public static RecordedReply Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                throw new FormatException("must be an object {id, reply, command?, mx?}");
            var command = SmtpCommand.Unknown;
            if (Text(root, "command") is { Length: > 0 } name && !SmtpCommands.TryParse(name, out command))
                throw new FormatException($"command: \"{name}\" is not known; known are {string.Join(", ", SmtpCommands.Names)}");
            var reply = Text(root, "reply") ?? throw new FormatException("reply: is missing");
            return new RecordedReply(
                root.TryGetProperty("id", out var id) ? id.GetRawText() : "\"\"",
                QuotedReply.Parse(reply, command),
                Text(root, "mx") is { Length: > 0 } mx ? mx : null);
        }
        catch (JsonException e)
        {
            throw new FormatException($"is no JSON: {e.Message.Split(" LineNumber")[0]}");
        }
    }

    private static string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"{name}: must be text");
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone.
            throw new FormatException($"{name}: has characters that are none");
        }
    }
}
