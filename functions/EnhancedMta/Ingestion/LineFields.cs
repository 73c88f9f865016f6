namespace EnhancedMta.Ingestion;

/// <summary>The properties of a line as they were read, before anything is made of them.</summary>
internal sealed class LineFields
{
    /// <summary>The properties that were present and not null.</summary>
    public LineProperty Seen { get; set; }

    public string? MessageId { get; set; }
    public string? To { get; set; }
    public string? From { get; set; }
    public string? ReplyTo { get; set; }
    public string? Subject { get; set; }
    public string? Html { get; set; }
    public string? Text { get; set; }
    public List<KeyValuePair<string, string>> Headers { get; } = [];
    public List<LineAttachment> Attachments { get; } = [];

    public void Clear()
    {
        Seen = default;
        MessageId = To = From = ReplyTo = Subject = Html = Text = null;
        Headers.Clear();
        Attachments.Clear();
    }
}

/// <param name="Name">File name.</param>
/// <param name="ContentType">Media type, or null for <c>application/octet-stream</c>.</param>
/// <param name="Content">Decoded.</param>
/// <param name="ContentId">When set, the part is for the HTML to show (<c>cid:</c>), not for the reader to save.</param>
internal sealed record LineAttachment(string Name, string? ContentType, byte[] Content, string? ContentId);

[Flags]
internal enum LineProperty
{
    None = 0,
    MessageId = 1,
    To = 2,
    Mime = 4,
    From = 8,
    ReplyTo = 16,
    Subject = 32,
    Html = 64,
    Text = 128,
    Headers = 256,
    Attachments = 512,
    Composed = From | ReplyTo | Subject | Html | Text | Headers | Attachments,
}
