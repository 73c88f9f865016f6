using System.Buffers;
using System.Text.Json;
using EnhancedMta.Addresses;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Telemetry;

namespace EnhancedMta.Ingestion;

/// <summary>Makes a checked message of a line, or says why not. Holds the buffers that lines share; for one request at a time.</summary>
internal sealed class LineParser(RelayRequest request, IngestionLimits limits, ReturnPathCodec returnPaths, TimeProvider time)
{
    // A buffer that one large message grew is not kept for the many small ones after it.
    private const int LargestKeptBuffer = 1024 * 1024;

    private readonly LineFields _fields = new();
    private readonly MailContent _content = new(request.DeliveryId, limits.MaxMessage, returnPaths, time);
    private readonly MailComposer _composer = new(request.DefaultSender);
    private ArrayBufferWriter<byte> _mime = new();

    public RelayLine Parse(in Frame frame)
    {
        using var phase = Phases.Compute(Phases.Parse);
        if (frame.Octets.IsSingleSegment)
            return Parse(frame.Octets.FirstSpan, frame.Line);
        var length = (int)frame.Octets.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            frame.Octets.CopyTo(buffer);
            return Parse(buffer.AsSpan(0, length), frame.Line);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A whole message, whose id and recipient came with the request.</summary>
    public RelayLine ParseSingle(ReadOnlySpan<byte> message)
    {
        try
        {
            var messageId = MessageIdentity.Check(request.MessageId);
            var to = Recipient(request.To);
            return Message(1, messageId, to, _content.Normalise(message, messageId, to, "message"));
        }
        catch (InvalidLineException e)
        {
            return new RejectedLine(1, request.MessageId, e.Message);
        }
    }

    private RelayLine Parse(ReadOnlySpan<byte> json, int line)
    {
        _fields.Clear();
        _mime.ResetWrittenCount();
        try
        {
            LineReader.Read(json, _fields, _mime);
            var messageId = MessageIdentity.Check(_fields.MessageId);
            var to = Recipient(_fields.To);
            var isWhole = (_fields.Seen & LineProperty.Mime) != 0;
            if (!isWhole)
                _composer.Compose(_fields, to, _mime);
            else if ((_fields.Seen & LineProperty.Composed) != 0)
                throw new InvalidLineException("mime", "is the whole message; leave out from, replyTo, subject, html, text, headers and attachments");
            return Message(line, messageId, to, _content.Normalise(_mime.WrittenSpan, messageId, to, isWhole ? "mime" : "line"));
        }
        catch (InvalidLineException e)
        {
            return new RejectedLine(line, _fields.MessageId ?? FindMessageId(json), e.Message);
        }
        catch (JsonException e)
        {
            return new RejectedLine(line, _fields.MessageId ?? FindMessageId(json), $"line: not valid JSON at octet {e.BytePositionInLine}");
        }
        finally
        {
            if (_mime.Capacity > LargestKeptBuffer)
                _mime = new();
        }
    }

    private static IncomingMessage Message(int line, string messageId, EmailAddress to, NormalMail mail) =>
        new(line, messageId, to, mail.FromDomain, mail.Content, mail.EightBit, mail.OwnMessageId) { Unsubscribe = mail.Unsubscribe };

    private static EmailAddress Recipient(string? to) =>
        to is null ? throw new InvalidLineException("to", "missing; give the recipient's address")
        : EmailAddress.TryParse(to, out var address, out var error) ? address
        : throw new InvalidLineException("to", error);

    // The fault may stand before the id; the caller still wants to know whose line it was.
    private static string? FindMessageId(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                var wanted = reader.ValueTextEquals("messageId"u8);
                reader.Read();
                if (wanted)
                    return LineReader.ReadMessageId(ref reader);
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidLineException or InvalidOperationException)
        {
            // Then it could not be read: InvalidOperationException is half a surrogate pair in a name.
        }
        return null;
    }
}
