using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>Lines in and replies out. Replies to a pipelined group leave together, when the group has been read (RFC 2920 §3.2).</summary>
internal sealed class SinkWire(Socket socket) : IAsyncDisposable
{
    // RFC 5321 §4.5.3.1.4 asks for 512, some extensions for more.
    private const int LongestLine = 4096;

    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private PipeReader? _reader;
    private PipeWriter? _writer;
    private bool _isAtEnd;

    private PipeReader Input => _reader ??= PipeReader.Create(_stream, new(bufferSize: 16 * 1024, leaveOpen: true));

    private PipeWriter Output => _writer ??= PipeWriter.Create(_stream, new(leaveOpen: true));

    public bool IsTls => _stream is SslStream;

    /// <summary>The client has closed its side, whatever is left to be read. Always false where the system does not tell.</summary>
    public bool HasClientClosed
    {
        get
        {
            // struct tcp_info begins with the connection's state (tcp(7)).
            const int TcpLevel = 6;
            const int TcpInfo = 11;
            const byte Established = 1;
            if (!OperatingSystem.IsLinux())
                return false;
            Span<byte> state = stackalloc byte[1];
            try
            {
                socket.GetRawSocketOption(TcpLevel, TcpInfo, state);
                return state[0] != Established;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>The next command; null when the client has gone, or sends a line without end.</summary>
    public async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var buffer = await FetchAsync(cancellationToken);
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                Input.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }
            if (buffer.Length > LongestLine || _isAtEnd) return null;
            Input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>A message up to its final dot; null when the client went away before it.</summary>
    public async ValueTask<SinkMail?> ReadMailAsync(CancellationToken cancellationToken)
    {
        var mail = new SinkMail();
        while (true)
        {
            var buffer = await FetchAsync(cancellationToken);
            var isWhole = mail.Feed(ref buffer);
            if (!isWhole && _isAtEnd) return null;
            Input.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
            if (isWhole) return mail;
        }
    }

    /// <summary>Adds a line to what leaves next.</summary>
    public void Write(string line)
    {
        Encoding.UTF8.GetBytes(line, Output);
        Output.Write("\r\n"u8);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken) => await Output.FlushAsync(cancellationToken);

    /// <summary>The server's side of STARTTLS. What the client sent in clear behind the command is dropped (RFC 3207 §4.2).</summary>
    public async Task StartTlsAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await CompleteAsync();
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
    }

    /// <summary>Sends what is left and ends. Reads on until the client has closed, else a reset could overtake our last words.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FarewellLimit);
        socket.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await socket.ReceiveAsync(rest, limit.Token) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CompleteAsync();
        await _stream.DisposeAsync();
    }

    private async ValueTask<ReadOnlySequence<byte>> FetchAsync(CancellationToken cancellationToken)
    {
        if (!Input.TryRead(out var read))
        {
            await FlushAsync(cancellationToken);
            read = await Input.ReadAsync(cancellationToken);
        }
        _isAtEnd = read.IsCompleted;
        return read.Buffer;
    }

    private async Task CompleteAsync()
    {
        if (_reader is not null) await _reader.CompleteAsync();
        if (_writer is not null) await _writer.CompleteAsync();
        (_reader, _writer) = (null, null);
    }
}
