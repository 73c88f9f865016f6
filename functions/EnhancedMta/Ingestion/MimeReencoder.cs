using System.Text;
using MimeKit;
using MimeKit.Cryptography;

namespace EnhancedMta.Ingestion;

/// <summary>The slow path for mail that is not 7-bit with short lines: through the MIME parser and back.</summary>
internal static class MimeReencoder
{
    private static readonly FormatOptions Format = CreateFormat();

    /// <summary>Encodes the body's parts so that the message is 7-bit with short lines. A signed body stays as it is (RFC 1847 §2.1).</summary>
    /// <exception cref="InvalidLineException">That cannot be done.</exception>
    public static byte[] ToSevenBit(byte[] content, string what)
    {
        byte[] encoded;
        try
        {
            using var message = MimeMessage.Load(new MemoryStream(content, writable: false));
            if (message.BodyParts.Any() && HasSignedPart(message.Body))
                encoded = content;
            else
            {
                Encode(message);
                using var output = new MemoryStream(content.Length + content.Length / 2);
                message.WriteTo(Format, output);
                encoded = output.ToArray();
            }
        }
        // The parser is not ours and its input is anyone's: whatever it throws ends this line only.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidLineException(what, "the body is not 7-bit with lines of at most 998 octets, and its MIME structure cannot be read to encode it");
        }
        var scan = LineScan.Of(encoded);
        if (scan.Longest > LineScan.MaxLine || scan.BareEnds)
            throw new InvalidLineException(what,
                $"a line of the body is longer than {LineScan.MaxLine} octets and may not be changed or cannot be; encode it as quoted-printable or base64");
        return encoded;
    }

    /// <summary>A field with raw UTF-8 as encoded words, folded; unchanged when an address in it has a UTF-8 local part, for which there is no other form.</summary>
    public static ReadOnlySpan<byte> EncodeField(HeaderField field, string what)
    {
        try
        {
            if (Header.TryParse(field.Octets.ToArray(), out var header))
            {
                if (HasUtf8LocalPart(header) && field.LongestLine <= LineScan.MaxLine)
                    return field.Octets;
                var encoded = Encode(header);
                var check = new HeaderFields(encoded);
                if (check.MoveNext(what) && check.Current.Octets.Length == encoded.Length && check.Current.LongestLine <= LineScan.MaxLine)
                    return encoded;
            }
        }
        catch (Exception e) when (e is not (OutOfMemoryException or InvalidLineException))
        {
            // As in ToSevenBit.
        }
        throw new InvalidLineException(what, $"{field.NameText} cannot be encoded into 7-bit lines of at most {LineScan.MaxLine} octets");
    }

    private static void Encode(MimeMessage message)
    {
        foreach (var entity in Entities(message.Body))
        {
            // Undeclared 8-bit text would be labelled us-ascii; text that comes in JSON is UTF-8.
            if (entity is TextPart { ContentType.Charset: null } text && IsUtf8(text))
                text.ContentType.Charset = "utf-8";
            EncodeHeaders(entity.Headers);
            if (entity is MimePart part)
                RenewEncoding(part);
            else if (entity is MessagePart { Message: { } inner })
            {
                EncodeHeaders(inner.Headers);
                Encode(inner);
            }
            else if (entity is Multipart multipart)
                DropUnseenText(multipart);
        }
        // Without it, readers need not heed the encodings (RFC 2045 §4).
        message.MimeVersion ??= new Version(1, 0);
        message.Prepare(EncodingConstraint.SevenBit, LineScan.MaxLine);
    }

    private static void EncodeHeaders(HeaderList headers)
    {
        foreach (var header in headers)
            if ((!Ascii.IsValid(header.RawValue) || LineScan.Of(header.RawValue).Longest > LineScan.MaxLine) && !HasUtf8LocalPart(header))
                header.SetValue(Format, Encoding.UTF8, header.Value);
    }

    // What stands around the parts is shown by no reader and can't be encoded (RFC 2046 §5.1.1).
    private static void DropUnseenText(Multipart multipart)
    {
        if (!IsSendable(multipart.Preamble))
            multipart.Preamble = null;
        if (!IsSendable(multipart.Epilogue))
            multipart.Epilogue = null;
    }

    private static bool IsSendable(string? text) =>
        text is null || (Ascii.IsValid(text) && LineScan.Of(Encoding.ASCII.GetBytes(text)).Longest <= LineScan.MaxLine);

    // MimeKit would write it with question marks, which is another address.
    private static bool HasUtf8LocalPart(Header header) =>
        header.Id is HeaderId.From or HeaderId.To or HeaderId.Cc or HeaderId.ReplyTo or HeaderId.Sender
            or HeaderId.ResentFrom or HeaderId.ResentTo or HeaderId.ResentCc or HeaderId.ResentReplyTo or HeaderId.ResentSender
        && InternetAddressList.TryParse(header.RawValue, out var list)
        && list.Mailboxes.Any(mailbox => !Ascii.IsValid(mailbox.LocalPart));

    // A part that claims to be encoded and yet has raw 8-bit octets or one endless line would be written as it is.
    private static void RenewEncoding(MimePart part)
    {
        if (part.Content is null || part.ContentTransferEncoding is not (ContentEncoding.Base64 or ContentEncoding.QuotedPrintable))
            return;
        using var raw = new MemoryStream();
        part.Content.WriteTo(raw);
        var octets = raw.GetBuffer().AsSpan(0, (int)raw.Length);
        if (Ascii.IsValid(octets) && LineScan.Of(octets).Longest <= LineScan.MaxLine)
            return;
        var decoded = new MemoryStream();
        part.Content.DecodeTo(decoded);
        decoded.Position = 0;
        part.Content = new MimeContent(decoded);
    }

    private static IEnumerable<MimeEntity> Entities(MimeEntity? root)
    {
        if (root is null)
            yield break;
        var open = new Stack<MimeEntity>([root]);
        while (open.TryPop(out var entity))
        {
            yield return entity;
            if (entity is Multipart multipart)
                foreach (var child in multipart)
                    open.Push(child);
        }
    }

    private static bool HasSignedPart(MimeEntity? root) =>
        Entities(root).Any(e => e is MultipartSigned || (e is MessagePart { Message.Body: { } inner } && HasSignedPart(inner)));

    private static bool IsUtf8(TextPart text)
    {
        if (text.Content is null)
            return false;
        using var decoded = new MemoryStream();
        text.Content.DecodeTo(decoded);
        var octets = decoded.GetBuffer().AsSpan(0, (int)decoded.Length);
        return !Ascii.IsValid(octets) && System.Text.Unicode.Utf8.IsValid(octets);
    }

    private static byte[] Encode(Header header)
    {
        header.SetValue(Format, Encoding.UTF8, header.Value);
        return [.. Encoding.ASCII.GetBytes(header.Field), (byte)':', .. header.RawValue];
    }

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
