using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Smtp;

/// <summary>Hands messages to their recipients' sites, over connections that are kept per path and outlive batches. One per process.</summary>
public sealed class SmtpPool : IAsyncDisposable
{
    private readonly SmtpPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SmtpPool> _logger;
    private readonly SessionOpener _opener;
    private readonly IdleSessions<PathKey> _sessions;
    private readonly SlotsByPath<PathKey> _slots;
    private readonly ITimer _reaper;
    private volatile bool _isClosed;

    /// <summary>An empty pool; <paramref name="random"/> draws the order of hosts with equal preference.</summary>
    public SmtpPool(HostAddresses addresses, EgressHealth health, SmtpPoolOptions options, TimeProvider time, Random random, ILogger<SmtpPool> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _opener = new SessionOpener(addresses, health, options, time, random, logger);
        _sessions = new IdleSessions<PathKey>(options.MaxConnections);
        _slots = new SlotsByPath<PathKey>(options.MaxConnectionsPerPath, options.MaxConnections);
        var period = options.IdleTimeout / 2;
        _reaper = time.CreateTimer(_ => CloseIdle(), null, period, period);
    }

    /// <summary>Connections open now, idle ones included.</summary>
    public int OpenConnections => _sessions.Count().Open;

    public int IdleConnections => _sessions.Count().Idle;

    /// <summary>
    /// Hands one message to the site: waits for a connection of the path, or opens one, and says what came of it. Refusals, lost
    /// connections and faults of ours are results, not exceptions.
    /// </summary>
    /// <exception cref="OperationCanceledException">
    /// Cancelled, and the message was not handed over. Once its last octet is out, a cancelled call still waits for the reply, for
    /// <see cref="SmtpTimeouts.Farewell"/> at most.
    /// </exception>
    public async Task<AttemptResult> SendAsync(Egress egress, Site site, OutboundMail mail, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var path = new PathKey(egress, egress.Destination(site).Key);
        using var slot = await _slots.TakeAsync(path, mail.IsUrgent, cancellationToken);
        while (_sessions.Take(path) is { } idle)
        {
            if (!idle.IsQuiet)
            {
                Retire(idle);
                continue;
            }
            var result = await SendAsync(path, idle, mail, cancellationToken);
            // The server closed it while it lay idle, or as we came: this message has not been tried yet.
            if (result.Outcome != AttemptOutcome.NoSession || (idle.IsMailAnswered && result.Reply is not { Code: 421, Command: SmtpCommand.MailFrom }))
                return result;
            break;
        }
        var (opened, failure) = await OpenAsync(egress, site, cancellationToken);
        return opened is null ? failure! : await SendAsync(path, opened, mail, cancellationToken);
    }

    /// <summary>Closes what is idle; what is busy closes when its message is settled.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _reaper.DisposeAsync();
        await Task.WhenAll(_sessions.TakeIdleSince(long.MaxValue).Select(session => session.CloseAsync()));
    }

    private async Task<AttemptResult> SendAsync(PathKey path, SmtpSession session, OutboundMail mail, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            var result = await session.SendAsync(mail, cancellationToken);
            isKept = session.IsUsable && session.Messages < _options.MaxMessagesPerConnection && !_isClosed;
            return await _opener.JudgeAsync(path.Egress, result, cancellationToken);
        }
        finally
        {
            if (isKept)
            {
                session.IdleSince = _time.GetTimestamp();
                _sessions.Give(path, session);
                if (_isClosed)
                    CloseIdleSince(long.MaxValue);
            }
            else
            {
                Retire(session);
            }
        }
    }

    private async Task<(SmtpSession? Session, AttemptResult? Failure)> OpenAsync(Egress egress, Site site, CancellationToken cancellationToken)
    {
        if (_sessions.Reserve() is { } oldest)
            Close(oldest);
        SmtpSession? session = null;
        try
        {
            (session, var failure) = await _opener.OpenAsync(egress, site, new SessionSettings(TlsLevel.Opportunistic, _options.Timeouts, _options.MaxMessagesPerConnection), cancellationToken);
            if (session is not null)
                _logger.LogDebug("Connected to {Host} ({Address}) for {Site}, {Tls}", session.Host.Name, session.Address, site.Name, session.Tls ?? "in clear");
            return (session, failure);
        }
        finally
        {
            if (session is null)
                _sessions.Release();
        }
    }

    private void CloseIdle() =>
        CloseIdleSince(_time.GetTimestamp() - (long)(_options.IdleTimeout.TotalSeconds * _time.TimestampFrequency));

    private void CloseIdleSince(long timestamp)
    {
        foreach (var session in _sessions.TakeIdleSince(timestamp))
            Close(session);
    }

    private void Retire(SmtpSession session)
    {
        _sessions.Release();
        Close(session);
    }

    // In the background: nobody has to wait for a server's goodbye.
    private static void Close(SmtpSession session)
    {
        if (session.IsUsable)
            _ = session.CloseAsync();
        else
            session.Dispose();
    }

    private readonly record struct PathKey(Egress Egress, string Site);
}
