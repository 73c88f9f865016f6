namespace EnhancedMta.BounceMails;

/// <summary>The message that came back, as far as its header did: in a part of its own, or copied into the text.</summary>
internal sealed class ReturnedMessage
{
    private const int MaxReturnPaths = 30;

    private static readonly string[] SentTo = ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "X-RCPT-To", "Resent-To", "To", "Cc"];
    private static readonly string[] SentFrom = ["Return-Path", "X-EMTA-Message", "X-Return-Path", "X-Envelope-From", "Sender", "Errors-To", "From"];

    private static readonly string[] HeaderTypes =
        ["message/global-headers", "message/rfc822-headers", "text/rfc822-headers", "text/rfc822-header", "message/rfc822", "message/global", "message/partial"];

    private ReturnedMessage(MailFields fields) => Fields = fields;

    public MailFields Fields { get; }

    public string? MessageId => IdOf(Fields);

    /// <summary>Whom it was for by its own header: To and Cc.</summary>
    public List<string> Recipients => AddressScan.Of(Fields.All("To").Concat(Fields.All("Cc")));

    public static ReturnedMessage Read(MailPart mail, NotificationText text)
    {
        foreach (var part in mail.Own())
        {
            if (part is { IsMessage: true, Children: [var message, ..] } && message.Fields.Count > 0)
                return new ReturnedMessage(message.Fields);
            // RFC 6533 §4, and parts that the parser took for no message: encoded, misnamed, too deep.
            if (Array.IndexOf(HeaderTypes, part.Type) >= 0)
            {
                var fields = MailFields.Parse(PartText.Of(part).TrimStart().Split('\n'));
                if (fields.Count > 0)
                    return new ReturnedMessage(fields);
            }
        }
        if (text.CopiedHeader.Count > 0)
            return new ReturnedMessage(text.CopiedHeader);
        // "This report relates to your message: Subject …, Message-ID …", indented in the text.
        var ids = text.Lines.Select(line => line.Trim()).Where(line => "Message-ID".Equals(MailFields.NameOf(line), StringComparison.OrdinalIgnoreCase));
        return new ReturnedMessage(MailFields.Parse(ids));
    }

    /// <summary>Where the mail was sent to, then what the returned header says of where the message came from; RFC 5321 §4.4's envelope first.</summary>
    public IReadOnlyList<string> ReturnPaths(MailPart mail, string? envelopeRecipient, IEnumerable<string> reported)
    {
        var paths = new List<string>();
        if (envelopeRecipient is { Length: > 2 and <= 320 })
            paths.Add(envelopeRecipient);
        foreach (var name in SentTo)
            Add(paths, mail.Fields.All(name));
        Add(paths, reported);
        foreach (var name in SentFrom)
            Add(paths, Fields.All(name));
        foreach (var received in Fields.All("Received"))
        {
            if (received.IndexOf("envelope-from", StringComparison.OrdinalIgnoreCase) is >= 0 and var at && AddressScan.First(received[at..]) is { } from)
                Add(paths, [from.Address]);
        }
        return paths;
    }

    /// <summary>RFC 5322 §3.6.4, without its brackets.</summary>
    public static string? IdOf(MailFields fields)
    {
        var text = fields["Message-ID"]?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        var open = text.IndexOf('<', StringComparison.Ordinal);
        var close = text.IndexOf('>', open + 1);
        var id = open >= 0 && close > open ? text[(open + 1)..close] : text.Trim('<', '>');
        return id.Length is > 0 and <= 998 ? id.Trim() : null;
    }

    private static void Add(List<string> paths, IEnumerable<string> values)
    {
        foreach (var found in values.SelectMany(value => AddressScan.All(value, 20)))
        {
            if (paths.Count < MaxReturnPaths && !paths.Contains(found.Address, StringComparer.OrdinalIgnoreCase))
                paths.Add(found.Address);
        }
    }
}
