using System.Net.Sockets;
using MailKit.Net.Smtp;

namespace EnhancedMta.Smtp;

internal sealed partial class SmtpSession
{
    private static readonly TimeSpan EarlyReplyWait = TimeSpan.FromSeconds(2);

    /// <summary>Until its server has answered QUIT it counts the session: closing before that, and opening another, would make one too many of them.</summary>
    private static readonly TimeSpan FarewellWait = TimeSpan.FromSeconds(10);

    private SmtpDialogue _dialogue;
    private bool _needsReset;
    private bool _isLastOctetOut;
    private long? _dataBegan;
    private long? _dataEnded;
    private CancellationTokenSource? _limit;
    private CancellationTokenSource? _answerLimit;
    private HashSet<string>? _domains;

    /// <summary>The next message may go over this connection.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>The server answered the last message's MAIL, so that it was there and knows of the message.</summary>
    public bool IsMailAnswered { get; private set; }

    public int Messages { get; private set; }

    /// <summary>When the session was last given back, in <see cref="TimeProvider"/> ticks.</summary>
    public long IdleSince { get; set; }

    /// <summary>Nothing tells that the idle connection has ended.</summary>
    public bool IsQuiet => !_dialogue.HasUnread && _wire.IsQuiet();

    /// <summary>Whether this is the session's first message for the domain, among those that ask.</summary>
    public bool IsFirstFor(string domain) => (_domains ??= new(StringComparer.Ordinal)).Add(domain);

    /// <summary>Hands a message over. What goes wrong on the way is a result.</summary>
    /// <param name="mail">The message.</param>
    /// <param name="cut">The connection is not ours any more. A message that is not yet out is cut off; of one that is, the reply is awaited as ever.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="OperationCanceledException">Cancelled, or cut off, before the last octet was out. After it the reply is awaited: when cancelled, a moment longer.</exception>
    public async Task<AttemptResult> SendAsync(OutboundMail mail, CancellationToken cut, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        if (MailCommands.Fault(mail, Capabilities, MaxSize) is { } fault)
            return Result(AttemptOutcome.NotSendable, started, null, fault.Error, fault.Detail);

        (IsUsable, IsMailAnswered, _isLastOctetOut) = (false, false, false);
        (_dataBegan, _dataEnded) = (null, null);
        Messages++;
        using var limit = _limit = new CancellationTokenSource();
        using var answerLimit = _answerLimit = new CancellationTokenSource();
        using var registration = cancellationToken.UnsafeRegister(static session => ((SmtpSession)session!).OnCancelled(), this);
        using var cutting = cut.UnsafeRegister(static session => ((SmtpSession)session!).OnCut(), this);
        try
        {
            var reply = await TransactAsync(mail, limit, answerLimit, cancellationToken);
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
            {
                cancellationToken.ThrowIfCancellationRequested();
                cut.ThrowIfCancellationRequested();
            }

            var outcome = _isLastOctetOut ? AttemptOutcome.InDoubt : AttemptOutcome.NoSession;
            return Result(outcome, started, null, Cause(lost), lost is OperationCanceledException ? "no answer in time" : lost.Message);
        }
    }

    /// <summary>Says goodbye, and closes when that is answered.</summary>
    /// <param name="cut">Closes at once.</param>
    public async Task CloseAsync(CancellationToken cut)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cut);
            limit.CancelAfter(FarewellWait);
            await _dialogue.WriteAsync("QUIT\r\n", limit.Token);
            await _dialogue.ReadAsync(SmtpCommand.Unknown, limit.Token);
        }
        catch (Exception lost) when (Cause(lost) is not null)
        {
            // It is gone already, which is as good.
        }
        Dispose();
    }

    // Steps: the envelope, as one group when the server takes that; the data; the reply to its end. Returns the reply that decides.
    private async Task<SmtpReply> TransactAsync(OutboundMail mail, CancellationTokenSource limit, CancellationTokenSource answerLimit, CancellationToken cancellationToken)
    {
        limit.CancelAfter(_terms.Timeouts.Command);
        var isPipelined = Capabilities.HasFlag(SmtpCapabilities.Pipelining);
        await ResetAsync(isPipelined, limit.Token);
        if (isPipelined)
        {
            foreach (var command in MailCommands.Envelope)
                await _dialogue.WriteAsync(MailCommands.Line(command, mail, Capabilities), limit.Token);
            await ReadResetAsync(limit.Token);
        }

        SmtpReply? refusal = null;
        var goAhead = false;
        foreach (var command in MailCommands.Envelope)
        {
            if (!isPipelined)
            {
                if (refusal is not null)
                    break;
                await _dialogue.WriteAsync(MailCommands.Line(command, mail, Capabilities), limit.Token);
            }
            SmtpReply reply;
            try
            {
                reply = await _dialogue.ReadAsync(command, limit.Token);
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
            return await SendDataAsync(mail, limit, answerLimit, cancellationToken);
        _needsReset = !goAhead;
        IsUsable = !goAhead || await SendNothingAsync(limit.Token);
        return refusal;
    }

    private async Task<SmtpReply> SendDataAsync(OutboundMail mail, CancellationTokenSource limit, CancellationTokenSource answerLimit, CancellationToken cancellationToken)
    {
        _dataBegan = _time.GetTimestamp();
        try
        {
            await MailData.WriteAsync(mail, _dialogue.Stream, () => limit.CancelAfter(_terms.Timeouts.DataBlock), limit.Token);
            await _dialogue.Stream.FlushAsync(limit.Token);
        }
        catch (Exception lost) when (Cause(lost) is not null && !cancellationToken.IsCancellationRequested)
        {
            // A server may refuse before it has read everything, and close; its words are better than our broken pipe.
            if (await ReadEarlyRefusalAsync() is { } refusal)
                return refusal;
            throw;
        }

        _dataEnded = _time.GetTimestamp();
        _isLastOctetOut = true;
        answerLimit.CancelAfter(_terms.Timeouts.EndOfData);
        // Also when that was while the last octets left, and ended what the other limit is for.
        if (cancellationToken.IsCancellationRequested)
            OnCancelled();
        var reply = await _dialogue.ReadAsync(SmtpCommand.EndOfData, answerLimit.Token);
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
            var reply = await _dialogue.ReadAsync(SmtpCommand.EndOfData, limit.Token);
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
            await _dialogue.WriteAsync(".\r\n", cancellationToken);
            var reply = await _dialogue.ReadAsync(SmtpCommand.EndOfData, cancellationToken);
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
        await _dialogue.WriteAsync("RSET\r\n", cancellationToken);
        if (!isPipelined)
            await ReadResetAsync(cancellationToken);
    }

    private async Task ReadResetAsync(CancellationToken cancellationToken)
    {
        if (!_needsReset)
            return;
        var reply = await _dialogue.ReadAsync(SmtpCommand.Unknown, cancellationToken);
        if (reply.Code >= 300)
            throw new ReplyFormatException($"{reply.Code} to RSET");
        _needsReset = false;
    }

    private void OnCancelled()
    {
        if (_isLastOctetOut)
            _answerLimit?.CancelAfter(_terms.Timeouts.Farewell);
        else
            _limit?.Cancel();
    }

    private void OnCut()
    {
        if (!_isLastOctetOut)
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
        Phases = outcome == AttemptOutcome.NotSendable ? default : Phases(started, _time.GetTimestamp()),
    };

    private SmtpPhases Phases(long started, long ended) => new(
        null,
        _time.GetElapsedTime(started, _dataBegan ?? ended),
        _dataBegan is { } began ? _time.GetElapsedTime(began, _dataEnded ?? ended) : null,
        _dataEnded is { } written ? _time.GetElapsedTime(written, ended) : null);
}
