using System.Buffers;
using System.Text.Json;
using EnhancedMta.Addresses;

namespace EnhancedMta.Ingestion;

/// <summary>Reads the JSON object of a line into <see cref="LineFields"/>; the text of <c>mime</c> goes straight to octets.</summary>
internal static class LineReader
{
    /// <exception cref="InvalidLineException">A property is not as it must be.</exception>
    /// <exception cref="JsonException">The line is no JSON.</exception>
    public static void Read(ReadOnlySpan<byte> json, LineFields fields, ArrayBufferWriter<byte> mime)
    {
        try
        {
            Read(json, fields, mime, isFast: true);
        }
        catch (JsonException)
        {
            // Where mime was read apart, the reader began anew behind it, and the place of the fault is not the line's.
            fields.Clear();
            mime.ResetWrittenCount();
            Read(json, fields, mime, isFast: false);
        }
    }

    private static void Read(ReadOnlySpan<byte> json, LineFields fields, ArrayBufferWriter<byte> mime, bool isFast)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new InvalidLineException("line", "must be a JSON object");
        var present = LineProperty.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = Known(ref reader);
            if (property == LineProperty.None)
            {
                SkipUnknown(ref reader);
                continue;
            }
            if ((present & property) != 0)
                throw new InvalidLineException(Name(property), "given twice");
            present |= property;
            if (isFast && property == LineProperty.Mime && TryReadApart(ref json, ref reader, mime))
            {
                fields.Seen |= property;
                continue;
            }
            reader.Read();
            // As in most exports, null is how a property is left out.
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            fields.Seen |= property;
            ReadValue(ref reader, property, fields, mime);
        }
        if (reader.Read())
            throw new InvalidLineException("line", "must be one JSON object and nothing after it");
    }

    /// <summary>Reads the string that comes next, other than by the reader, which then goes on behind it.</summary>
    /// <returns>False when it is no string, or not valid: the reader, which is where it was, finds out why.</returns>
    private static bool TryReadApart(ref ReadOnlySpan<byte> json, ref Utf8JsonReader reader, ArrayBufferWriter<byte> target)
    {
        var value = json[(int)reader.BytesConsumed..].TrimStart(" \t\r\n"u8);
        if (!value.StartsWith("\""u8))
            return false;
        var length = LongJsonString.Read(value[1..], target);
        if (length == 0)
            return false;
        // For the reader it was an empty string.
        var stand = new Utf8JsonReader("\"\""u8, isFinalBlock: false, reader.CurrentState);
        stand.Read();
        json = value[(1 + length)..];
        reader = new Utf8JsonReader(json, isFinalBlock: true, stand.CurrentState);
        return true;
    }

    private static LineProperty Known(ref Utf8JsonReader reader)
    {
        try
        {
            return Find(ref reader);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in the name: none of ours, and refused when it is read.
            return LineProperty.None;
        }
    }

    private static LineProperty Find(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("messageId"u8) ? LineProperty.MessageId
        : reader.ValueTextEquals("to"u8) ? LineProperty.To
        : reader.ValueTextEquals("mime"u8) ? LineProperty.Mime
        : reader.ValueTextEquals("from"u8) ? LineProperty.From
        : reader.ValueTextEquals("subject"u8) ? LineProperty.Subject
        : reader.ValueTextEquals("html"u8) ? LineProperty.Html
        : reader.ValueTextEquals("text"u8) ? LineProperty.Text
        : reader.ValueTextEquals("replyTo"u8) ? LineProperty.ReplyTo
        : reader.ValueTextEquals("headers"u8) ? LineProperty.Headers
        : reader.ValueTextEquals("attachments"u8) ? LineProperty.Attachments
        : LineProperty.None;

    private static string Name(LineProperty property) => JsonNamingPolicy.CamelCase.ConvertName(property.ToString());

    private static void SkipUnknown(ref Utf8JsonReader reader)
    {
        var name = JsonText.Read(ref reader, "line");
        if (name.Equals("cc", StringComparison.OrdinalIgnoreCase) || name.Equals("bcc", StringComparison.OrdinalIgnoreCase))
            throw new InvalidLineException(name, "a message has one recipient; relay one message for each");
        if (Meant(name) is { } meant)
            throw new InvalidLineException(EmailAddress.Quote(name), $"not a property of a line; did you mean {meant}?");
        reader.Skip();
    }

    // Silently ignoring a misspelt property would lose a recipient or a whole body; other unknown ones are columns that the export happened to have.
    private static string? Meant(string name) => name.ToLowerInvariant() switch
    {
        "to" or "email" or "recipient" or "recipients" or "rcpt" or "address" => "to",
        "messageid" or "message_id" or "message-id" or "id" or "broadlogid" => "messageId",
        "mime" or "raw" or "eml" or "rfc822" or "message" => "mime",
        "from" or "sender" => "from",
        "replyto" or "reply_to" or "reply-to" => "replyTo",
        "subject" => "subject",
        "html" or "htmlbody" => "html",
        "text" or "textbody" or "plain" => "text",
        "body" => "html or text",
        "content" => "mime, html or text",
        "headers" or "header" => "headers",
        "attachments" or "attachment" or "files" => "attachments",
        _ => null,
    };

    private static void ReadValue(ref Utf8JsonReader reader, LineProperty property, LineFields fields, ArrayBufferWriter<byte> mime)
    {
        switch (property)
        {
            case LineProperty.MessageId:
                fields.MessageId = ReadMessageId(ref reader);
                break;
            case LineProperty.Mime:
                JsonText.CopyTo(ref reader, "mime", mime);
                break;
            case LineProperty.To:
                fields.To = JsonText.Read(ref reader, "to");
                break;
            case LineProperty.From:
                fields.From = JsonText.Read(ref reader, "from");
                break;
            case LineProperty.ReplyTo:
                fields.ReplyTo = JsonText.Read(ref reader, "replyTo");
                break;
            case LineProperty.Subject:
                fields.Subject = JsonText.Read(ref reader, "subject");
                break;
            case LineProperty.Html:
                fields.Html = JsonText.Read(ref reader, "html");
                break;
            case LineProperty.Text:
                fields.Text = JsonText.Read(ref reader, "text");
                break;
            case LineProperty.Headers:
                ReadHeaders(ref reader, fields.Headers);
                break;
            case LineProperty.Attachments:
                AttachmentReader.Read(ref reader, fields.Attachments);
                break;
        }
    }

    /// <summary>A string, or a whole number as it is written.</summary>
    public static string ReadMessageId(ref Utf8JsonReader reader)
    {
        var text = reader.TokenType != JsonTokenType.Number ? JsonText.Read(ref reader, "messageId")
            : reader.ValueSpan.ContainsAny(".eE"u8) ? throw new InvalidLineException("messageId", "a number must be whole")
            : System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
        return MessageIdentity.Check(text);
    }

    private static void ReadHeaders(ref Utf8JsonReader reader, List<KeyValuePair<string, string>> headers)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new InvalidLineException("headers", "must be an object of names with a string or an array of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonText.Read(ref reader, "headers");
            var field = $"headers.{EmailAddress.Quote(name)}";
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    headers.Add(new(name, JsonText.Read(ref reader, field)));
            }
            else if (reader.TokenType != JsonTokenType.Null)
                headers.Add(new(name, JsonText.Read(ref reader, field)));
        }
    }
}
