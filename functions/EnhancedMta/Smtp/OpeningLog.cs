using MailKit;

namespace EnhancedMta.Smtp;

/// <summary>
/// Listens while MailKit opens a session: its exceptions mix the server's words with its own, and do not say what was answered.
/// </summary>
/// <param name="heard">Called at each complete reply.</param>
internal sealed class OpeningLog(Action heard) : IProtocolLogger
{
    private readonly ReplyReader _reader = new();
    private bool _muted;

    /// <summary>The last complete reply of the server.</summary>
    public SmtpReply? LastReply { get; private set; }

    /// <summary>What we wait for an answer to.</summary>
    public SmtpCommand Awaited { get; private set; } = SmtpCommand.Greeting;

    public bool IsTlsStarted { get; private set; }

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>Ends the listening: the session is open.</summary>
    public void Mute() => _muted = true;

    public void LogConnect(Uri uri)
    {
    }

    public void LogClient(byte[] buffer, int offset, int count)
    {
        if (_muted)
            return;
        var command = buffer.AsSpan(offset, count);
        Awaited = command.StartsWith("STARTTLS"u8) ? SmtpCommand.StartTls
            : command.StartsWith("AUTH"u8) || (Awaited == SmtpCommand.Auth && LastReply is { Code: 334 }) ? SmtpCommand.Auth
            : SmtpCommand.Ehlo;
        IsTlsStarted |= Awaited == SmtpCommand.StartTls;
    }

    public void LogServer(byte[] buffer, int offset, int count)
    {
        var data = _muted ? default : buffer.AsSpan(offset, count);
        while (!data.IsEmpty && _reader.Feed(data, out var used))
        {
            LastReply = _reader.Take(Awaited);
            data = data[used..];
            heard();
        }
    }

    public void Dispose()
    {
    }
}
