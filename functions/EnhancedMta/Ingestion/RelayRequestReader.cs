using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using EnhancedMta.ReturnPaths;

namespace EnhancedMta.Ingestion;

/// <summary>Reads relay requests: checks each message, and makes its content ready to be stored and sent.</summary>
public sealed class RelayRequestReader(IngestionLimits limits, ReturnPathCodec returnPaths, TimeProvider time)
{
    // Most lines lie in one buffer, and need not be put together to be read.
    private const int BufferSize = 256 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Reads <c>application/x-ndjson</c> (a JSON object on each line), <c>application/json</c> (an array of such objects, or one)
    /// or <c>message/rfc822</c> (one message). One line at a time is in memory: a message's content is gone when the next is asked for. Lines come in the order of the request;
    /// a messageId may come twice, as only the caller knows what it has already.
    /// </summary>
    /// <exception cref="RelayRequestException">The request cannot be read, or not further; what came before stays valid.</exception>
    /// <exception cref="IOException">The body's own, such as a cut connection.</exception>
    public async IAsyncEnumerable<RelayLine> ReadAsync(RelayRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var framer = OpenFramer(request.ContentType);
        await using var body = RequestBody.Open(request.Body, request.ContentEncoding, limits.MaxTotal);
        var parser = new LineParser(request, limits, returnPaths, time);
        if (framer is null)
        {
            yield return await ReadSingleAsync(request, body, parser, cancellationToken);
            yield break;
        }

        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        try
        {
            var lines = 0;
            var begun = false;
            while (true)
            {
                var read = await pipe.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                if (!begun)
                {
                    if (buffer.Length < ByteOrderMark.Length && !read.IsCompleted)
                    {
                        pipe.AdvanceTo(buffer.Start, buffer.End);
                        continue;
                    }
                    begun = true;
                    SkipByteOrderMark(ref buffer);
                }
                while (framer.TryTake(ref buffer, read.IsCompleted, out var frame))
                {
                    if (++lines > limits.MaxLines)
                        throw new RelayRequestException(413, "Too many messages",
                            $"A request may hold {limits.MaxLines} messages. Those were read; send the rest in further requests.");
                    yield return frame.TooLong
                        ? new RejectedLine(frame.Line, null, $"line: longer than {limits.MaxLine} octets; a message with its attachments must be smaller")
                        : parser.Parse(frame);
                }
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    // Null for a single message.
    private RecordFramer? OpenFramer(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            throw Unsupported();
        var framer = type.MediaType?.ToLowerInvariant() switch
        {
            "application/x-ndjson" or "application/ndjson" => new NdjsonFramer(limits.MaxLine),
            "application/json" => new JsonArrayFramer(limits.MaxLine),
            "message/rfc822" => (RecordFramer?)null,
            _ => throw Unsupported(),
        };
        var charset = type.CharSet?.Trim('"');
        if (framer is not null && charset is not null && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new RelayRequestException(415, "Media type not supported", "JSON must be in UTF-8 (RFC 8259 §8.1); drop the charset parameter.");
        return framer;
    }

    private static RelayRequestException Unsupported() =>
        new(415, "Media type not supported",
            "Content-Type must be application/x-ndjson (one JSON object a line), application/json (an array of them) or message/rfc822 (one message).");

    private async Task<RelayLine> ReadSingleAsync(RelayRequest request, Stream body, LineParser parser, CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>(64 * 1024);
        while (true)
        {
            var count = await body.ReadAsync(content.GetMemory(16 * 1024), cancellationToken);
            if (count == 0)
                return parser.ParseSingle(content.WrittenSpan);
            content.Advance(count);
            if (content.WrittenCount > limits.MaxMessage)
                return new RejectedLine(1, request.MessageId, $"message: larger than {limits.MaxMessage} octets");
        }
    }

    private static void SkipByteOrderMark(ref ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (reader.IsNext(ByteOrderMark, advancePast: true))
            buffer = reader.UnreadSequence;
    }
}
