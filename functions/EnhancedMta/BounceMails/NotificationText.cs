namespace EnhancedMta.BounceMails;

/// <summary>The lines that a person is meant to read, before the copy of the message that came back.</summary>
internal sealed class NotificationText
{
    private const int MaxLines = 4000;
    private const int MaxLine = 4000;

    private NotificationText(List<string> lines, MailFields copiedHeader, string? senderDomain)
    {
        Lines = lines;
        CopiedHeader = copiedHeader;
        SenderDomain = senderDomain;
        Whole = string.Join('\n', lines);
    }

    /// <summary>Without blanks at their ends; an empty one between paragraphs.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Delivery status fields that stood between the lines, with those lines; empty when there were none.</summary>
    public string StatusFields { get; private init; } = "";

    /// <summary>All lines.</summary>
    public string Whole { get; }

    /// <summary>The header of the message that came back, when its copy is in the same text.</summary>
    public MailFields CopiedHeader { get; }

    /// <summary>Domain of the server that wrote it, for addresses that it writes without.</summary>
    public string? SenderDomain { get; }

    public static NotificationText Read(MailPart mail)
    {
        var lines = Split(Text(mail));
        var (end, header) = OriginalCopy.Find(lines);
        var copied = header < lines.Count ? MailFields.Parse(lines.Skip(header)) : new MailFields();
        lines.RemoveRange(end, lines.Count - end);
        var fields = DeliveryStatusFields.AreIn(lines) ? string.Join('\n', lines) : "";
        if (fields.Length > 0)
            DeliveryStatusFields.RemoveFrom(lines);
        return new NotificationText(lines, copied, DomainOf(mail.Fields["From"])) { StatusFields = fields };
    }

    // Of alternatives the plain text; what has only HTML is read as such. The preamble is for readers without MIME, and some have nothing else.
    private static string Text(MailPart mail)
    {
        var texts = new List<string>();
        Collect(mail, texts);
        if (texts.TrueForAll(string.IsNullOrWhiteSpace))
            texts.AddRange(mail.Own().Where(part => part.IsMultipart && part.Content.WrittenCount > 0).Select(PartText.Of));
        return string.Join("\n\n", texts);
    }

    private static void Collect(MailPart part, List<string> texts)
    {
        if (part.IsMessage)
            return;
        if (part.Type == "multipart/alternative" && part.Children.Find(IsPlain) is { } plain)
        {
            Collect(plain, texts);
            return;
        }
        foreach (var child in part.Children)
            Collect(child, texts);
        if (part.IsMultipart || !part.Type.StartsWith("text/", StringComparison.Ordinal))
            return;
        var text = PartText.Of(part);
        texts.Add(part.Type == "text/html" ? HtmlText.Of(text) : text);
    }

    private static bool IsPlain(MailPart part) =>
        part.Type.StartsWith("text/", StringComparison.Ordinal) && part.Type != "text/html" && PartText.Of(part).AsSpan().Trim().Length > 0;

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            if (lines.Count == MaxLines)
                break;
            var line = text.AsSpan(range).TrimEnd();
            if (line.Length > MaxLine)
                line = line[..MaxLine];
            // A notification that somebody forwarded.
            while (line.Length > 0 && line[0] == '>' && !line.StartsWith(">>>"))
                line = line[1..].StartsWith(" ") ? line[2..] : line[1..];
            lines.Add(line.ToString());
        }
        return lines;
    }

    private static string? DomainOf(string? from) =>
        AddressScan.Only(from) is { } address ? address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant() : null;
}
