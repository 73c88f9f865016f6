using System.Buffers;
using System.Net;
using EnhancedMta.Benchmarks.Mail;

namespace EnhancedMta.Benchmarks.Relay;

/// <summary>The body of a relay request, made while it is sent.</summary>
/// <param name="line">Of the body, with its line end.</param>
/// <param name="first">Number of the first message.</param>
/// <param name="count">Messages.</param>
internal sealed class NdjsonContent(LetterTemplate line, int first, int count) : HttpContent
{
    private const int WriteSize = 128 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(2 * WriteSize);
        for (var number = first; number < first + count; number++)
        {
            line.Write(number, buffer);
            if (buffer.WrittenCount < WriteSize && number < first + count - 1)
                continue;
            await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.ResetWrittenCount();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
