using System.Text;

namespace EnhancedMta.Smtp;

/// <summary>Commands and replies on an open session's stream.</summary>
internal sealed class SmtpDialogue(Stream stream)
{
    private readonly ReplyReader _replies = new();
    private readonly byte[] _input = new byte[2048];
    private int _start;
    private int _end;

    public Stream Stream => stream;

    /// <summary>The server said something that nobody has asked for.</summary>
    public bool HasUnread => _start < _end;

    /// <summary>Writes a command line; it leaves with the next reading, at the latest.</summary>
    public ValueTask WriteAsync(string line, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken);

    /// <exception cref="IOException">The connection ended.</exception>
    /// <exception cref="ReplyFormatException">What came is no reply.</exception>
    public async ValueTask<SmtpReply> ReadAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isComplete = _replies.Feed(_input.AsSpan(_start, _end - _start), out var used);
            _start += used;
            if (isComplete)
                return _replies.Take(command);
            (_start, _end) = (0, 0);
            await stream.FlushAsync(cancellationToken);
            _end = await stream.ReadAsync(_input, cancellationToken);
            if (_end == 0)
                throw new EndOfStreamException($"the server closed the connection, {(_replies.IsMidway ? "in the middle of" : "before")} its answer to {command}");
        }
    }
}
