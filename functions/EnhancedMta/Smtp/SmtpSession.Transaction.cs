using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MailKit.Net.Smtp;

namespace EnhancedMta.Smtp;

internal sealed partial class SmtpSession
{
    private static readonly SmtpCommand[] Envelope = [SmtpCommand.MailFrom, SmtpCommand.RcptTo, SmtpCommand.Data];
    private static readonly TimeSpan EarlyReplyWait = TimeSpan.FromSeconds(2);

    private readonly ReplyReader _replies = new();
    private readonly byte[] _input = new byte[2048];
    private Stream _stream;
    private int _inputStart;
    private int _inputEnd;
    private bool _needsReset;
    private bool _isLastOctetOut;
    private CancellationTokenSource? _limit;

    /// <summary>The next message may go over this connection.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>The server answered the last message's MAIL, so that it was there and knows of the message.</summary>
    public bool IsMailAnswered { get; private set; }

    public int Messages { get; private set; }

    /// <summary>When the session was last given back, in <see cref="TimeProvider"/> ticks.</summary>
    public long IdleSince { get; set; }

    /// <summary>Nothing tells that the idle connection has ended.</summary>
    public bool IsQuiet => _inputStart == _inputEnd && _wire.IsQuiet();

    /// <summary>Hands a message over. What goes wrong on the way is a result.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the last octet was out. After it the reply is awaited a moment longer.</exception>
    public async Task<AttemptResult> SendAsync(OutboundMail mail, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        if (Unsendable(mail) is { } fault)
            return Result(AttemptOutcome.NotSendable, started, null, fault.Error, fault.Detail);

        (IsUsable, IsMailAnswered, _isLastOctetOut) = (false, false, false);
        Messages++;
        using var limit = _limit = new CancellationTokenSource();
        using var registration = cancellationToken.UnsafeRegister(static session => ((SmtpSession)session!).OnCancelled(), this);
        try
        {
            var reply = await TransactAsync(mail, limit, cancellationToken);
            return reply.Code switch
            {
                < 300 => Result(AttemptOutcome.Accepted, started, reply),
                421 => Result(AttemptOutcome.NoSession, started, reply),
                _ => Result(AttemptOutcome.Refused, started, reply),
            };
        }
        catch (Exception lost) when (Cause(lost) is not null)
        {
            IsUsable = false;
            if (!_isLastOctetOut)
                cancellationToken.ThrowIfCancellationRequested();
            var outcome = _isLastOctetOut ? AttemptOutcome.InDoubt : AttemptOutcome.NoSession;
            return Result(outcome, started, null, Cause(lost), lost is OperationCanceledException ? "no answer in time" : lost.Message);
        }
    }

    /// <summary>Says goodbye, for at most two seconds, and closes.</summary>
    public async Task CloseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(EarlyReplyWait);
            await WriteAsync("QUIT\r\n", limit.Token);
            await ReadReplyAsync(SmtpCommand.Unknown, limit.Token);
        }
        catch (Exception lost) when (Cause(lost) is not null)
        {
            // It is gone already, which is as good.
        }
        Dispose();
    }

    // Steps: the envelope, as one group when the server takes that (RFC 2920 §3.1); the data; the reply to its end.
    // Returns the reply that decides.
    private async Task<SmtpReply> TransactAsync(OutboundMail mail, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        limit.CancelAfter(_timeouts.Command);
        var isPipelined = Capabilities.HasFlag(SmtpCapabilities.Pipelining);
        await ResetAsync(isPipelined, limit.Token);
        if (isPipelined)
        {
            foreach (var command in Envelope)
                await WriteAsync(Line(command, mail), limit.Token);
            await ReadResetAsync(limit.Token);
        }

        SmtpReply? refusal = null;
        var goAhead = false;
        foreach (var command in Envelope)
        {
            if (!isPipelined)
            {
                if (refusal is not null)
                    break;
                await WriteAsync(Line(command, mail), limit.Token);
            }
            SmtpReply reply;
            try
            {
                reply = await ReadReplyAsync(command, limit.Token);
            }
            catch (Exception lost) when (refusal is not null && Cause(lost) is not null && !cancellationToken.IsCancellationRequested)
            {
                return refusal;
            }
            IsMailAnswered = true;
            goAhead = command == SmtpCommand.Data && reply.Code == 354;
            if (goAhead || (command != SmtpCommand.Data && reply.Code < 300))
                continue;
            if (reply.Code < 400)
                throw new ReplyFormatException($"{reply.Code} to {command}");
            refusal ??= reply;
            if (reply.Code == 421)
                return refusal;
        }

        if (refusal is null)
            return await SendDataAsync(mail, limit, cancellationToken);
        _needsReset = !goAhead;
        IsUsable = !goAhead || await SendNothingAsync(limit.Token);
        return refusal;
    }

    private async Task<SmtpReply> SendDataAsync(OutboundMail mail, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        try
        {
            await MailData.WriteAsync(mail.Data, _stream, () => limit.CancelAfter(_timeouts.DataBlock), limit.Token);
            await _stream.FlushAsync(limit.Token);
        }
        catch (Exception lost) when (Cause(lost) is not null && !cancellationToken.IsCancellationRequested)
        {
            // A server may refuse before it has read everything, and close; its words are better than our broken pipe.
            if (await ReadEarlyRefusalAsync() is { } refusal)
                return refusal;
            throw;
        }

        _isLastOctetOut = true;
        limit.CancelAfter(_timeouts.EndOfData);
        if (cancellationToken.IsCancellationRequested)
            OnCancelled();
        var reply = await ReadReplyAsync(SmtpCommand.EndOfData, limit.Token);
        if (reply.Code is >= 300 and < 400)
            throw new ReplyFormatException($"{reply.Code} to the end of data");
        IsUsable = reply.Code != 421;
        return reply;
    }

    private async Task<SmtpReply?> ReadEarlyRefusalAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(EarlyReplyWait);
            var reply = await ReadReplyAsync(SmtpCommand.EndOfData, limit.Token);
            return reply.Code >= 400 ? reply : null;
        }
        catch (Exception lost) when (Cause(lost) is not null)
        {
            return null;
        }
    }

    // RFC 2920 §3.1: a server that goes ahead without a recipient gets an empty message, and what it says of that is nothing to us.
    private async Task<bool> SendNothingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(".\r\n", cancellationToken);
            var reply = await ReadReplyAsync(SmtpCommand.EndOfData, cancellationToken);
            return reply.Code != 421;
        }
        catch (Exception lost) when (Cause(lost) is not null)
        {
            return false;
        }
    }

    private async Task ResetAsync(bool isPipelined, CancellationToken cancellationToken)
    {
        if (!_needsReset)
            return;
        await WriteAsync("RSET\r\n", cancellationToken);
        if (!isPipelined)
            await ReadResetAsync(cancellationToken);
    }

    private async Task ReadResetAsync(CancellationToken cancellationToken)
    {
        if (!_needsReset)
            return;
        var reply = await ReadReplyAsync(SmtpCommand.Unknown, cancellationToken);
        if (reply.Code >= 300)
            throw new ReplyFormatException($"{reply.Code} to RSET");
        _needsReset = false;
    }

    private (LocalError Error, string Detail)? Unsendable(OutboundMail mail)
    {
        if (mail.NeedsSmtpUtf8 && !Capabilities.HasFlag(SmtpCapabilities.UTF8))
            return (LocalError.SmtpUtf8NotOffered, "the recipient's local part is not ASCII");
        var size = MailData.Size(mail.Data.Span);
        if (Capabilities.HasFlag(SmtpCapabilities.Size) && MaxSize > 0 && size > MaxSize)
            return (LocalError.LargerThanOffered, string.Create(CultureInfo.InvariantCulture, $"{size} octets, and the server takes {MaxSize}"));
        if (mail.Sender.Any(char.IsControl) || mail.Recipient.Any(char.IsControl))
            return (LocalError.Internal, "a control character in the envelope");
        return null;
    }

    private string Line(SmtpCommand command, OutboundMail mail) => command switch
    {
        SmtpCommand.MailFrom => string.Concat("MAIL FROM:<", mail.Sender, ">", Parameters(mail)),
        SmtpCommand.RcptTo => string.Concat("RCPT TO:<", mail.Recipient, ">\r\n"),
        _ => "DATA\r\n",
    };

    private string Parameters(OutboundMail mail)
    {
        var parameters = new StringBuilder();
        if (Capabilities.HasFlag(SmtpCapabilities.Size))
            parameters.Append(CultureInfo.InvariantCulture, $" SIZE={MailData.Size(mail.Data.Span)}");
        if (mail.EightBit && Capabilities.HasFlag(SmtpCapabilities.EightBitMime))
            parameters.Append(" BODY=8BITMIME");
        if (mail.NeedsSmtpUtf8)
            parameters.Append(" SMTPUTF8");
        return parameters.Append("\r\n").ToString();
    }

    private ValueTask WriteAsync(string line, CancellationToken cancellationToken) => _stream.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken);

    private async ValueTask<SmtpReply> ReadReplyAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isComplete = _replies.Feed(_input.AsSpan(_inputStart, _inputEnd - _inputStart), out var used);
            _inputStart += used;
            if (isComplete)
                return _replies.Take(command);
            _inputStart = 0;
            _inputEnd = 0;
            await _stream.FlushAsync(cancellationToken);
            _inputEnd = await _stream.ReadAsync(_input, cancellationToken);
            if (_inputEnd == 0)
                throw new EndOfStreamException($"the server closed the connection, {(_replies.IsMidway ? "in the middle of" : "before")} its answer to {command}");
        }
    }

    private void OnCancelled()
    {
        if (_isLastOctetOut)
            _limit?.CancelAfter(_timeouts.Farewell);
        else
            _limit?.Cancel();
    }

    private static LocalError? Cause(Exception fault) => fault switch
    {
        ReplyFormatException => LocalError.ProtocolViolation,
        OperationCanceledException => LocalError.ReplyTimeout,
        IOException or SocketException or ObjectDisposedException => LocalError.ConnectionLost,
        _ => null,
    };

    private AttemptResult Result(AttemptOutcome outcome, long started, SmtpReply? reply, LocalError? error = null, string? detail = null) => new()
    {
        Outcome = outcome,
        Reply = reply,
        Error = error,
        Detail = detail,
        MxHost = Host.Name,
        RemoteAddress = Address,
        Tls = Tls,
        Duration = _time.GetElapsedTime(started),
    };
}
