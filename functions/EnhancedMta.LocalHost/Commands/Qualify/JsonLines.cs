using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EnhancedMta.LocalHost.Commands.Qualify;

/// <summary>Writes JSON objects, one a line.</summary>
internal sealed class JsonLines : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;

    private readonly Stream _output;
    private readonly bool _eachLine;
    private readonly ArrayBufferWriter<byte> _buffer = new(FlushAt + 8 * 1024);
    private readonly Utf8JsonWriter _writer;

    /// <param name="output">Is left open.</param>
    /// <param name="eachLine">Somebody reads along: hand over each line at once.</param>
    public JsonLines(Stream output, bool eachLine)
    {
        _output = output;
        _eachLine = eachLine;
        // For people's terminals and for programs, not for web pages.
        _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Begins an object; <see cref="EndAsync"/> ends it.</summary>
    public Utf8JsonWriter Begin()
    {
        _writer.WriteStartObject();
        return _writer;
    }

    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        _writer.WriteEndObject();
        await _writer.FlushAsync(cancellationToken);
        _writer.Reset();
        _buffer.Write("\n"u8);
        if (_eachLine || _buffer.WrittenCount >= FlushAt)
            await FlushAsync(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _output.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        await _output.FlushAsync(cancellationToken);
        _buffer.ResetWrittenCount();
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync(CancellationToken.None);
        await _writer.DisposeAsync();
    }
}
