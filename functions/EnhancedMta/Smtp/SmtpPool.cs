using System.Collections.Concurrent;
using EnhancedMta.Egresses;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Smtp;

/// <summary>Hands messages to their recipients' sites, over connections that are kept per path and outlive batches. One per process.</summary>
public sealed class SmtpPool : IAsyncDisposable
{
    /// <summary>A process that ends does not wait for long until its connections have.</summary>
    private static readonly TimeSpan LastFarewell = TimeSpan.FromSeconds(2);

    private readonly SmtpPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SmtpPool> _logger;
    private readonly SessionOpener _opener;
    private readonly ConcurrentDictionary<PathConnections, byte> _paths = [];
    private readonly PriorityGate _all;
    private readonly ITimer _reaper;
    private volatile bool _isClosed;

    /// <summary>An empty pool; <paramref name="random"/> draws the order of hosts with equal preference.</summary>
    public SmtpPool(HostAddresses addresses, EgressHealth health, SmtpPoolOptions options, TimeProvider time, Random random, ILogger<SmtpPool> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _opener = new SessionOpener(addresses, health, options, time, random, logger);
        _all = new PriorityGate(options.MaxConnections);
        var period = options.IdleTimeout / 2;
        _reaper = time.CreateTimer(_ => CloseIdle(), null, period, period);
    }

    /// <summary>Connections open now, idle ones included.</summary>
    public int OpenConnections => _paths.Keys.Sum(p => p.Open);

    public int IdleConnections => _paths.Keys.Sum(p => p.Idle);

    /// <summary>The connections of a path, none at first.</summary>
    internal PathConnections AddPath()
    {
        var path = new PathConnections(_time);
        _paths.TryAdd(path, 0);
        return path;
    }

    /// <summary>A path that is not used any more, and has no connection.</summary>
    internal void RemovePath(PathConnections path) => _paths.TryRemove(path, out _);

    /// <summary>
    /// Hands one message to the site: waits for a connection of the path, or opens one, and says what came of it. Refusals, lost
    /// connections and faults of ours are results, not exceptions.
    /// </summary>
    /// <param name="path">The connections that may be used.</param>
    /// <param name="egress">By which it goes.</param>
    /// <param name="site">Where it goes.</param>
    /// <param name="terms">Of the path, for its sessions.</param>
    /// <param name="isUrgent">Takes the next connection that is free, before mail that is not urgent.</param>
    /// <param name="prepare">Makes the message, with a connection at hand: what waits costs no memory. Null when it is not to go after all.</param>
    /// <param name="mayGo">Asked before a connection is opened, and again before it is used: opening takes its time.</param>
    /// <param name="stop">Ends the wait for a connection.</param>
    /// <param name="abort">Cuts off what is under way.</param>
    /// <returns>
    /// Null when the message was not handed over and nothing is known of it: the path has no connections any more, <paramref name="prepare"/> gave
    /// none, <paramref name="mayGo"/> said no, or the path's connections were cut off.
    /// </returns>
    /// <exception cref="OperationCanceledException">
    /// Cancelled, and the message was not handed over. Once its last octet is out, a cancelled call still waits for the reply, for
    /// <see cref="SmtpTimeouts.Farewell"/> at most.
    /// </exception>
    internal async Task<AttemptResult?> SendAsync(
        PathConnections path, Egress egress, Site site, SessionTerms terms, bool isUrgent, Func<ValueTask<OutboundMail?>> prepare, Func<bool> mayGo,
        CancellationToken stop, CancellationToken abort)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var key = new SessionKey(egress.PublicId, egress.Destination(site).Key);
        OutboundMail? mail = null;
        IReadOnlyList<TlsSession> opening = [];
        while (await path.TakeAsync(new(key, terms.Policy), isUrgent, stop) is { } place)
        {
            var session = place.Session;
            if (session is { IsQuiet: false })
            {
                path.Retire(session);
                continue;
            }

            var isOld = session is not null;
            var (isIn, isReady) = (false, false);
            try
            {
                await _all.WaitAsync(isUrgent, stop);
                isIn = true;
                mail ??= await prepare();
                isReady = mail is not null && mayGo();
            }
            finally
            {
                if (!isReady)
                    GiveBack(path, key, session, isIn);
            }

            if (!isReady)
                return null;
            var cut = path.Cut;
            try
            {
                if (session is null)
                {
                    (session, var failure, opening) = await OpenAsync(path, egress, site, terms, cut, abort);
                    if (session is null)
                        return failure!;
                }

                if (!mayGo())
                {
                    path.Give(key, session);
                    return null;
                }

                var result = Judged(await SendAsync(path, key, egress, session, terms, mail!, cut, abort), terms.Policy, session, opening);
                // The server closed it while it lay idle, or as we came: this message has not been tried yet.
                if (!isOld || result.Outcome != AttemptOutcome.NoSession || (session.IsMailAnswered && result.Reply is not { Code: 421, Command: SmtpCommand.MailFrom }))
                    return result;
            }
            catch (OperationCanceledException) when (cut.IsCancellationRequested && !abort.IsCancellationRequested)
            {
                return null;
            }
            finally
            {
                _all.Release();
            }
        }

        return null;
    }

    /// <summary>Closes what is idle; what is busy closes when its message is settled.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _reaper.DisposeAsync();
        using var limit = new CancellationTokenSource(LastFarewell);
        await Task.WhenAll(_paths.Keys.SelectMany(path => path.TakeIdleSince(long.MaxValue).Select(session => CloseAsync(path, session, limit.Token))));
    }

    private static AttemptResult Judged(AttemptResult result, DomainPolicy? policy, SmtpSession session, IReadOnlyList<TlsSession> opening) => policy is null ? result : result with
    {
        TlsPolicy = policy.Describe(session),
        TlsSessions = session.IsFirstFor(policy.Domain) ? [.. opening, policy.Judge(session)] : opening,
    };

    private static async Task CloseAsync(PathConnections path, SmtpSession session, CancellationToken cut)
    {
        await session.CloseAsync(cut);
        path.Leave();
    }

    private void GiveBack(PathConnections path, SessionKey key, SmtpSession? session, bool isIn)
    {
        if (isIn)
            _all.Release();
        if (session is null)
            path.Leave();
        else
            path.Give(key, session);
    }

    private async Task<AttemptResult> SendAsync(
        PathConnections path, SessionKey key, Egress egress, SmtpSession session, SessionTerms terms, OutboundMail mail, CancellationToken cut, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            var result = await session.SendAsync(mail, cut, cancellationToken);
            isKept = session.IsUsable && session.Messages < terms.MaxMessages && !_isClosed;
            return await _opener.JudgeAsync(egress, result, terms, cancellationToken);
        }
        finally
        {
            if (isKept)
            {
                path.Give(key, session);
                if (_isClosed)
                    CloseIdleSince(long.MaxValue);
            }
            else
            {
                path.Retire(session);
            }
        }
    }

    private async Task<(SmtpSession? Session, AttemptResult? Failure, IReadOnlyList<TlsSession> Tried)> OpenAsync(
        PathConnections path, Egress egress, Site site, SessionTerms terms, CancellationToken cut, CancellationToken cancellationToken)
    {
        MakeRoom();
        SmtpSession? session = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cut, cancellationToken);
        try
        {
            (session, var failure, var tried) = await _opener.OpenAsync(egress, site, terms, either.Token);
            if (session is not null)
                _logger.LogDebug("Connected to {Host} ({Address}) for {Site}, {Tls}", session.Host.Name, session.Address, site.Name, session.Tls ?? "in clear");
            return (session, failure, tried);
        }
        finally
        {
            if (session is null)
                path.Leave();
        }
    }

    /// <summary>Closes the connection that is idle for longest, when there would be too many in this process.</summary>
    private void MakeRoom()
    {
        if (OpenConnections <= _options.MaxConnections)
            return;
        if (_paths.Keys.Where(p => p.OldestIdle is not null).MinBy(p => p.OldestIdle) is { OldestIdle: { } since } path)
        {
            foreach (var session in path.TakeIdleSince(since))
                path.Retire(session);
        }
    }

    private void CloseIdle() =>
        CloseIdleSince(_time.GetTimestamp() - (long)(_options.IdleTimeout.TotalSeconds * _time.TimestampFrequency));

    private void CloseIdleSince(long timestamp)
    {
        foreach (var path in _paths.Keys)
        {
            foreach (var session in path.TakeIdleSince(timestamp))
                path.Retire(session);
        }
    }
}
