using System.Buffers;
using EnhancedMta.Addresses;
using MimeKit;

namespace EnhancedMta.Ingestion;

/// <summary>Composes the message of a line that gives its parts instead of <c>mime</c>.</summary>
internal sealed class MailComposer(string? defaultSender)
{
    private static readonly FormatOptions Format = CreateFormat();

    // RFC 2392 §2: an addr-spec or anything like it; what HTML would have to escape is left out.
    private static readonly SearchValues<char> ContentIdCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.@");

    /// <exception cref="InvalidLineException">A part is missing or unfit.</exception>
    public void Compose(LineFields fields, EmailAddress to, ArrayBufferWriter<byte> target)
    {
        if ((fields.Seen & LineProperty.Composed) == 0)
            throw new InvalidLineException("mime", "missing; give the whole message, or subject with html or text");
        if (fields.Subject is null)
            throw new InvalidLineException("subject", "missing");
        if (fields.Html is null && fields.Text is null)
            throw new InvalidLineException("html", "missing; give html, text or both");
        var from = Mailbox(fields.From ?? defaultSender ?? throw new InvalidLineException("from", "missing, and the delivery declares no default sender"), "from");

        using var message = new MimeMessage();
        // Those that the constructor invents; ours are added where all messages get them.
        message.Headers.Clear();
        message.From.Add(from);
        message.To.Add(new MailboxAddress(null, to.ToString()));
        message.Subject = SingleLine(fields.Subject, "subject");
        if (fields.ReplyTo is not null)
            message.ReplyTo.Add(Mailbox(fields.ReplyTo, "replyTo"));
        foreach (var (name, value) in fields.Headers)
            ComposedHeader.Add(message.Headers, name, value);
        message.Body = Body(fields);
        message.Prepare(EncodingConstraint.SevenBit, LineScan.MaxLine);

        using var output = new MemoryStream();
        message.WriteTo(Format, output);
        target.Write(output.GetBuffer().AsSpan(0, (int)output.Length));
    }

    /// <summary>Refuses what would end a header field early and begin another.</summary>
    public static string SingleLine(string value, string field) =>
        value.AsSpan().ContainsAny('\r', '\n', '\0')
            ? throw new InvalidLineException(field, "contains a line break or NUL, which would forge header fields")
            : value;

    private static MimeEntity Body(LineFields fields)
    {
        var builder = new BodyBuilder { HtmlBody = WithoutNul(fields.Html, "html"), TextBody = WithoutNul(fields.Text, "text") };
        for (var i = 0; i < fields.Attachments.Count; i++)
        {
            var attachment = fields.Attachments[i];
            var field = $"attachments[{i}]";
            var type = "application/octet-stream";
            if (attachment.ContentType is not null)
                type = SingleLine(attachment.ContentType, $"{field}.contentType");
            if (!ContentType.TryParse(type, out var contentType) || contentType.IsMimeType("multipart", "*") || contentType.IsMimeType("message", "*"))
                throw new InvalidLineException($"{field}.contentType", "must be a media type such as application/pdf, and neither multipart nor message");
            var name = SingleLine(attachment.Name, $"{field}.name");
            var collection = attachment.ContentId is null ? builder.Attachments : builder.LinkedResources;
            var part = collection.Add(name, attachment.Content, contentType);
            if (attachment.ContentId is { } id)
                part.ContentId = ContentId(id, $"{field}.contentId");
        }
        return builder.ToMessageBody();
    }

    private static string ContentId(string id, string field) =>
        id.Length is > 0 and <= 200 && !id.AsSpan().ContainsAnyExcept(ContentIdCharacters)
            ? id
            : throw new InvalidLineException(field, "must be 1 to 200 ASCII characters as after cid: in the HTML, without brackets and spaces");

    private static MailboxAddress Mailbox(string text, string field)
    {
        SingleLine(text, field);
        if (!MailboxAddress.TryParse(SenderDomain.Options, text, out var mailbox))
            throw new InvalidLineException(field, "must be local@domain or Name <local@domain>; put a name with a comma in double quotes");
        if (!EmailAddress.TryParse(mailbox.Address, out var address, out var error))
            throw new InvalidLineException(field, error);
        return new MailboxAddress(mailbox.Name, address.ToString());
    }

    private static string? WithoutNul(string? text, string field) =>
        text is not null && text.Contains('\0') ? throw new InvalidLineException(field, "contains a NUL character") : text;

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
