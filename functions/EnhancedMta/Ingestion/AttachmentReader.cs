using System.Text.Json;
using EnhancedMta.Addresses;

namespace EnhancedMta.Ingestion;

/// <summary>Reads the <c>attachments</c> of a line: <c>[{name, contentType, content, contentId}]</c>.</summary>
internal static class AttachmentReader
{
    private const int MaxAttachments = 100;

    /// <exception cref="InvalidLineException">It is no array of such objects.</exception>
    public static void Read(ref Utf8JsonReader reader, List<LineAttachment> attachments)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new InvalidLineException("attachments", "must be an array of {name, contentType, content, contentId}");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (attachments.Count == MaxAttachments)
                throw new InvalidLineException("attachments", $"more than {MaxAttachments}");
            attachments.Add(ReadOne(ref reader, $"attachments[{attachments.Count}]"));
        }
    }

    private static LineAttachment ReadOne(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new InvalidLineException(field, "must be an object {name, contentType, content, contentId}");
        string? name = null, contentType = null, contentId = null;
        byte[]? content = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = JsonText.Read(ref reader, field);
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
                continue;
            switch (property)
            {
                case "name" when name is null:
                    name = JsonText.Read(ref reader, $"{field}.name");
                    break;
                case "contentType" when contentType is null:
                    contentType = JsonText.Read(ref reader, $"{field}.contentType");
                    break;
                case "contentId" when contentId is null:
                    contentId = JsonText.Read(ref reader, $"{field}.contentId");
                    break;
                case "content" when content is null:
                    content = JsonText.ReadBase64(ref reader, $"{field}.content");
                    break;
                default:
                    throw new InvalidLineException(field,
                        $"{EmailAddress.Quote(property)} is given twice or unknown; an attachment has name, contentType, content and contentId");
            }
        }
        if (string.IsNullOrEmpty(name) || content is null)
            throw new InvalidLineException(field, "name and content are required");
        return new LineAttachment(name, contentType, content, contentId);
    }
}
