using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace EnhancedMta.LocalHost.SmartSink;

/// <summary>One connection: SMTP as of RFC 5321, in the persona's manner.</summary>
internal sealed class SinkSession(SinkWire wire, PersonaState state, SinkLedger ledger, SmtpSinkOptions options, X509Certificate2? certificate)
{
    private readonly Persona _persona = state.Persona;
    private readonly Func<bool> _hasLeft = () => wire.HasClientClosed;
    private readonly List<string> _recipients = [];
    private bool _isGreeted;
    private SinkPath? _sender;
    private int _messages;
    private int _begun;
    private bool _hasEnded;

    /// <summary>Until the client leaves, or is sent away.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        options.Observer.Opened(_persona, _hasLeft);
        try
        {
            await TalkAsync(cancellationToken);
        }
        finally
        {
            End();
        }
    }

    private async Task TalkAsync(CancellationToken cancellationToken)
    {
        if (state.RefuseSession() is { } busy)
        {
            SendAway(busy);
            await wire.CloseAsync(cancellationToken);
            return;
        }
        wire.Write($"220 {_persona.Host} ESMTP {_persona.Name} ready");
        while (await wire.ReadLineAsync(cancellationToken) is { } line)
        {
            if (_persona.Delay > TimeSpan.Zero) await Task.Delay(_persona.Delay, cancellationToken);
            if (await AnswerAsync(line, cancellationToken)) continue;
            await wire.CloseAsync(cancellationToken);
            return;
        }
    }

    /// <returns>False when this ends the session.</returns>
    private async ValueTask<bool> AnswerAsync(string line, CancellationToken cancellationToken)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var argument = space < 0 ? "" : line[(space + 1)..].Trim();
        switch ((space < 0 ? line : line[..space]).ToUpperInvariant())
        {
            case "EHLO":
                Greet(extended: true);
                return true;
            case "HELO":
                Greet(extended: false);
                return true;
            case "STARTTLS" when certificate is not null && !wire.IsTls:
                wire.Write("220 2.0.0 Go ahead with TLS");
                await wire.StartTlsAsync(certificate, cancellationToken);
                // RFC 3207 §4.2: what was said in clear is forgotten.
                _isGreeted = false;
                Reset();
                return true;
            case "MAIL":
                return Mail(argument);
            case "RCPT":
                Recipient(argument);
                return true;
            case "DATA":
                return await DataAsync(cancellationToken);
            case "RSET":
                Reset();
                wire.Write("250 2.0.0 Forgotten");
                return true;
            case "NOOP":
                wire.Write("250 2.0.0 Still here");
                return true;
            case "VRFY":
                wire.Write("252 2.1.5 Send it and see");
                return true;
            case "QUIT":
                // Before the client can know: its next session may begin at once.
                End();
                wire.Write($"221 2.0.0 {_persona.Host} says goodbye");
                return false;
            default:
                wire.Write("500 5.5.1 No such command here");
                return true;
        }
    }

    private void Greet(bool extended)
    {
        _isGreeted = true;
        Reset();
        if (!extended)
        {
            wire.Write($"250 {_persona.Host}");
            return;
        }
        wire.Write($"250-{_persona.Host}");
        if (certificate is not null && !wire.IsTls) wire.Write("250-STARTTLS");
        wire.Write(string.Create(CultureInfo.InvariantCulture, $"250-SIZE {options.MaxMessage}"));
        foreach (var extension in new[] { "PIPELINING", "8BITMIME", "SMTPUTF8" }) wire.Write($"250-{extension}");
        wire.Write("250 ENHANCEDSTATUSCODES");
    }

    private bool Mail(string argument)
    {
        if (state.RefuseSession() is { } busy) return SendAway(busy);
        if (_messages >= _persona.MessagesPerConnection)
            return SendAway(new SinkReply(421, "4.7.0", "That is enough for one connection, please open another"));
        if (!_isGreeted || _sender is not null)
            wire.Write("503 5.5.1 Not now");
        else if (!SinkPath.TryParse(argument, "FROM:", out var path))
            wire.Write("501 5.5.4 MAIL FROM:<address> is what this server understands");
        else if (path.Size > options.MaxMessage)
            wire.Write("552 5.3.4 Larger than this server takes");
        else
        {
            _sender = path;
            options.Observer.Began(_persona, ++_begun);
            wire.Write("250 2.1.0 Sender noted");
        }
        return true;
    }

    private void Recipient(string argument)
    {
        if (_sender is null)
            wire.Write("503 5.5.1 MAIL comes first");
        else if (!SinkPath.TryParse(argument, "TO:", out var path) || path.Address.Length == 0)
            wire.Write("501 5.5.4 RCPT TO:<address> is what this server understands");
        else if (!path.IsAscii && !_sender.Parameters.Contains("SMTPUTF8"))
            wire.Write("553 5.6.7 An address like this needs SMTPUTF8 with MAIL");
        else if (!_persona.Serves(path.Domain))
            Refuse(path.Address, new SinkReply(550, "5.7.1", "<{recipient}> lives elsewhere, and this server relays for nobody"));
        else if (state.RefuseRecipient(path.Address) is { } reply)
            Refuse(path.Address, reply);
        else
        {
            _recipients.Add(path.Address);
            wire.Write("250 2.1.5 Recipient noted");
        }
    }

    private async ValueTask<bool> DataAsync(CancellationToken cancellationToken)
    {
        if (_recipients.Count == 0)
        {
            wire.Write(_sender is null ? "503 5.5.1 MAIL comes first" : "554 5.5.1 There is no valid recipient");
            return true;
        }
        wire.Write("354 Go on, and end with a dot");
        if (await wire.ReadMailAsync(cancellationToken) is not { } mail) return false;
        _messages++;
        if (mail.Size > options.MaxMessage)
            wire.Write("552 5.3.4 Larger than this server takes");
        // One answer for all recipients: the first who would not have it decides.
        else if (_recipients.Select(recipient => (recipient, Reply: state.RefuseMessage(recipient))).FirstOrDefault(r => r.Reply is not null) is { Reply: { } reply } refused)
            Refuse(refused.recipient, reply);
        else
        {
            ledger.Accepted(_persona, mail, _recipients);
            state.Took();
            options.Observer.Took(_persona, mail.MessageId, _recipients[0]);
            wire.Write("250 2.0.0 Taken, thank you");
        }
        Reset();
        return true;
    }

    private void Refuse(string recipient, SinkReply reply)
    {
        ledger.Refused(_persona, recipient, reply);
        wire.Write(reply.For(recipient));
    }

    private bool SendAway(SinkReply reply)
    {
        End();
        ledger.SessionRefused(_persona);
        wire.Write(reply.For(""));
        return false;
    }

    private void End()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        options.Observer.Closed(_persona, _hasLeft);
    }

    private void Reset()
    {
        _sender = null;
        _recipients.Clear();
    }
}
