using System.Buffers;
using System.Globalization;
using System.Text;
using EnhancedMta.Addresses;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Ingestion;

/// <summary>A message that any server can take.</summary>
/// <param name="FromDomain">Lower case A-labels.</param>
/// <param name="Content">See <see cref="IncomingMessage.Content"/>.</param>
/// <param name="EightBit">Content has octets above 127.</param>
/// <param name="OwnMessageId">Value of the Message-ID field that the message came with; null when it was added here.</param>
/// <param name="Unsubscribe">See <see cref="IncomingMessage.Unsubscribe"/>.</param>
internal readonly record struct NormalMail(string FromDomain, ReadOnlyMemory<byte> Content, bool EightBit, string? OwnMessageId, UnsubscribeFault Unsubscribe);

/// <summary>Checks a message's octets and puts them in the form in which they are stored and sent.</summary>
internal sealed class MailContent(string deliveryId, int maxMessage, ReturnPathCodec returnPaths, TimeProvider time)
{
    // Fields that may stand once (RFC 5322 §3.6, RFC 2045); large providers refuse mail that has them twice.
    private static readonly byte[][] Unique =
    [
        "From"u8.ToArray(), "Date"u8.ToArray(), "Message-ID"u8.ToArray(), "To"u8.ToArray(), "Subject"u8.ToArray(), "Cc"u8.ToArray(),
        "Sender"u8.ToArray(), "Reply-To"u8.ToArray(), "In-Reply-To"u8.ToArray(), "References"u8.ToArray(), "MIME-Version"u8.ToArray(),
        "Content-Type"u8.ToArray(), "Content-Transfer-Encoding"u8.ToArray(),
    ];

    private const int FromFlag = 1;
    private const int DateFlag = 2;
    private const int MessageIdFlag = 4;
    private const int LargestKeptBuffer = 1024 * 1024;

    private ArrayBufferWriter<byte> _lines = new();
    private ArrayBufferWriter<byte> _output = new();

    /// <summary>Normalises <paramref name="raw"/>; <paramref name="what"/> is the field that errors name. The content is good until the next call.</summary>
    /// <exception cref="InvalidLineException">The message cannot be sent as it is, nor made so without changing its meaning.</exception>
    public NormalMail Normalise(ReadOnlySpan<byte> raw, string messageId, EmailAddress to, string what)
    {
        // 1. No NUL; every line end is CRLF.
        // 2. Header field by field: envelope fields dropped, raw 8-bit and overlong ones encoded, the rest copied.
        // 3. Date and Message-ID added where missing; one blank line.
        // 4. Body: copied when it is 7-bit with short lines, else the message goes through the MIME parser.
        if (raw.Length > maxMessage)
            throw TooLarge(what);
        if (raw.Contains((byte)0))
            throw new InvalidLineException(what, "contains a NUL octet");
        try
        {
            var scan = LineScan.Of(raw);
            if (scan.BareEnds)
            {
                LineScan.WriteWithCrLf(raw, _lines);
                raw = _lines.WrittenSpan;
            }
            var body = WriteHeader(raw, messageId, to, what, out var fromDomain, out var headerEightBit, out var ownMessageId, out var unsubscribe);
            var bodyEightBit = !Ascii.IsValid(body);
            _output.Write("\r\n"u8);
            _output.Write(body);
            // Else the end-of-data dot would not stand on a line of its own, and DKIM would have to hash what is not there.
            if (!body.IsEmpty && !body.EndsWith("\r\n"u8))
                _output.Write("\r\n"u8);

            // Not copied: what was written stays until more is written.
            var content = _output.WrittenMemory;
            // Long lines may be the header's, where they are folded already.
            if (bodyEightBit || (scan.Longest > LineScan.MaxLine && LineScan.Of(body).Longest > LineScan.MaxLine))
                content = MimeReencoder.ToSevenBit(content.ToArray(), what);
            if (content.Length > maxMessage)
                throw TooLarge(what);
            return new NormalMail(fromDomain, content, headerEightBit || (bodyEightBit && !Ascii.IsValid(content.Span)), ownMessageId, unsubscribe);
        }
        finally
        {
            Reset(ref _lines);
            Reset(ref _output);
        }
    }

    // Returns the body, which begins after the blank line.
    private ReadOnlySpan<byte> WriteHeader(
        ReadOnlySpan<byte> raw, string messageId, EmailAddress to, string what,
        out string fromDomain, out bool eightBit, out string? ownMessageId, out UnsubscribeFault unsubscribe)
    {
        var seen = 0;
        eightBit = false;
        ownMessageId = null;
        string? domain = null;
        var oneClick = new OneClickUnsubscribe();
        var fields = new HeaderFields(raw);
        while (fields.MoveNext(what))
        {
            var field = fields.Current;
            if (field.Is("Bcc"u8) || field.Is("Resent-Bcc"u8) || field.Is("Return-Path"u8))
                continue;
            var flag = UniqueFlag(field);
            if ((seen & flag) != 0)
                throw new InvalidLineException(what, $"the header has {field.NameText} twice");
            // An empty one is as good as none.
            if ((flag & (DateFlag | MessageIdFlag)) != 0 && field.Value.IsEmpty)
                continue;
            seen |= flag;
            if (flag == FromFlag)
                domain = SenderDomain.Of(field.Value, what);
            if (flag == MessageIdFlag)
                ownMessageId = Encoding.UTF8.GetString(field.Value).Trim();
            oneClick.See(field);
            eightBit |= WriteField(field, to, what);
        }
        unsubscribe = oneClick.Fault;
        fromDomain = domain ?? throw new InvalidLineException(what, "the header has no From");
        if ((seen & DateFlag) == 0)
            WriteAdded("Date", time.GetUtcNow().UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture));
        if ((seen & MessageIdFlag) == 0)
            WriteAdded("Message-ID", MessageIdentity.FieldValue(messageId, deliveryId, returnPaths.Seal(deliveryId, messageId), fromDomain));
        return fields.Body;
    }

    // True when the field still has 8-bit octets, which only an SMTPUTF8 recipient's server can take (RFC 6532 §3.2).
    private bool WriteField(HeaderField field, EmailAddress to, string what)
    {
        var octets = field.Octets;
        if (field.LongestLine > LineScan.MaxLine || !Ascii.IsValid(octets))
            octets = MimeReencoder.EncodeField(field, what);
        var eightBit = !Ascii.IsValid(octets);
        if (eightBit && !to.NeedsSmtpUtf8)
            throw new InvalidLineException(what,
                $"{field.NameText} has an address or identifier that is not ASCII, which only servers of recipients with such an address can take");
        _output.Write(octets);
        if (!octets.EndsWith("\r\n"u8))
            _output.Write("\r\n"u8);
        return eightBit;
    }

    private void WriteAdded(string name, string value) =>
        Encoding.ASCII.GetBytes($"{name}: {value}\r\n", _output);

    private static int UniqueFlag(HeaderField field)
    {
        for (var i = 0; i < Unique.Length; i++)
            if (field.Is(Unique[i]))
                return 1 << i;
        return 0;
    }

    private static void Reset(ref ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > LargestKeptBuffer)
            buffer = new();
        else
            buffer.ResetWrittenCount();
    }

    private InvalidLineException TooLarge(string what) => new(what, $"the message is larger than {maxMessage} octets");
}
