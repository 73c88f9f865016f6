using System.Text.Json;
using EnhancedMta.Smtp;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>A line of the standard input: <c>{id, reply, command?, mx?}</c>, the reply as one text or as an array of its lines.</summary>
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
            var reply = Lines(root, "reply") ?? throw new FormatException("reply: is missing");
            return new RecordedReply(
                root.TryGetProperty("id", out var id) ? id.GetRawText() : "\"\"",
                QuotedReply.Parse(reply, Command(Text(root, "command"))),
                Text(root, "mx") is { Length: > 0 } mx ? mx : null);
        }
        catch (JsonException e)
        {
            throw new FormatException($"is no JSON: {e.Message.Split(" LineNumber")[0]}");
        }
    }

    // Logs write it in many ways: "RCPT", "rcpt to", "RCPT TO:<ada@example.com>", "end of DATA command". One that no rule names is as good as none.
    private static SmtpCommand Command(string? text)
    {
        if (SmtpCommands.TryParse(text, out var command))
            return command;
        var words = text.AsSpan().Trim();
        if (words.StartsWith("end of data", StringComparison.OrdinalIgnoreCase))
            return SmtpCommand.EndOfData;
        var end = words.IndexOfAny(' ', ':');
        return end > 0 && SmtpCommands.TryParse(words[..end].ToString(), out command) ? command : SmtpCommand.Unknown;
    }

    /// <summary>Text, or an array with a text for each line.</summary>
    private static string? Lines(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? string.Join('\n', value.EnumerateArray().Select(line => OfText(line, name)))
            : Text(root, name);

    private static string? Text(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return OfText(value, name);
    }

    private static string OfText(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"{name}: must be text");
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone.
            throw new FormatException($"{name}: has characters that are none");
        }
    }
}
