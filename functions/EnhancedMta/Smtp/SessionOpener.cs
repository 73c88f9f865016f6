using System.Net;
using System.Net.Sockets;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Smtp;

/// <summary>Opens a session with one of a site's hosts (RFC 5321 §5.1).</summary>
internal sealed class SessionOpener(HostAddresses addresses, EgressHealth health, SmtpPoolOptions options, TimeProvider time, Random random, ILogger logger)
{
    private readonly EgressConnector _connector = new(addresses);
    private readonly HostMemory _unreachable = new(time);
    private readonly HostMemory _brokenTls = new(time);

    /// <summary>A session, or the result that says why there is none; and what was tried before, for the domain's report.</summary>
    /// <remarks>
    /// Hosts by preference, equal ones in random order, those that failed of late last; of each its addresses. An address that cannot be
    /// reached, or does not speak SMTP, hands over to the next. A server's refusal ends it: those are the site's words, for the caller to
    /// judge. So does a failure of the egress, whose health is told; it is <see cref="LocalError.EgressFailed"/>, and no fault of the site.
    /// </remarks>
    public async Task<(SmtpSession? Session, AttemptResult? Failure, IReadOnlyList<TlsSession> Tried)> OpenAsync(Egress egress, Site site, SessionTerms terms, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tried = new Attempts();
        if (!health.MayTry(egress))
            return (null, tried.Result(time.GetElapsedTime(started)) with { Error = LocalError.EgressFailed, Detail = $"egress {egress} is set aside: {health.Find(egress)?.Detail}" }, []);
        var session = await OpenAsync(egress, egress.Destination(site), Terms(egress, terms), tried, cancellationToken);
        if (session is not null)
        {
            health.Worked(egress, isSession: true);
            return (session, null, tried.Tls);
        }
        var failure = tried.Result(time.GetElapsedTime(started));
        if (egress.Kind is EgressKind.Smarthost)
            failure = OfSmarthost(failure);
        if (tried.Doubt is { } doubt)
            await health.DoubtedAsync(egress, site.Key, doubt, cancellationToken);
        else if (failure.Error == LocalError.EgressFailed)
            await health.FailedAsync(egress, failure.Detail!, cancellationToken);
        else if (tried.Connections > 0)
            health.Worked(egress, isSession: false);
        return (null, failure, tried.Tls);
    }

    /// <summary>
    /// A result once more, with the egress in mind: a connection that was lost with its proxy was not lost by the server, and a smarthost
    /// that wants us to log in refuses us, not the message.
    /// </summary>
    public async Task<AttemptResult> JudgeAsync(Egress egress, AttemptResult result, SessionTerms terms, CancellationToken cancellationToken)
    {
        switch (egress.Kind)
        {
            case EgressKind.Socks5 when result is { Outcome: AttemptOutcome.NoSession, Reply: null, Error: LocalError.ConnectionLost }:
                try
                {
                    await _connector.CheckAsync(egress, terms.Timeouts.Connect, cancellationToken);
                    return result;
                }
                catch (SessionFailedException fault)
                {
                    result = result with { Error = LocalError.EgressFailed, Detail = $"{result.Detail}; {fault.Message}" };
                }
                break;
            // RFC 4954 §6: authentication required.
            case EgressKind.Smarthost when result is { Outcome: AttemptOutcome.Refused, Reply: { Code: 530 } reply }:
                result = OfSmarthost(result with { Outcome = AttemptOutcome.NoSession, Detail = $"{result.MxHost}: {reply}" });
                break;
            default:
                return result;
        }
        await health.FailedAsync(egress, result.Detail!, cancellationToken);
        return result;
    }

    private async Task<SmtpSession?> OpenAsync(Egress egress, Site site, SessionTerms terms, Attempts tried, CancellationToken cancellationToken)
    {
        foreach (var host in Ordered(egress, site))
        {
            var lookup = await addresses.FindAsync(host, cancellationToken);
            if (lookup.Error is { } error)
                tried.Note(host, null, error, lookup.Detail ?? "no address");
            var policy = terms.Policy?.For(host);
            if (policy is { IsEnforced: true, Refusal: { } refusal })
            {
                tried.NotePolicy(host, null, policy, refusal, isOfPolicy: true);
                continue;
            }
            foreach (var address in Ordered(egress, lookup.Addresses))
            {
                if (tried.Connections++ >= options.MaxAddresses)
                    return null;
                try
                {
                    var session = await OpenAsync(host, new IPEndPoint(address, host.Port), egress, terms with { HostPolicy = policy }, cancellationToken);
                    _unreachable.Remove(Key(egress, host));
                    return session;
                }
                catch (SessionFailedException failure)
                {
                    tried.Note(host, new IPEndPoint(address, host.Port), failure);
                    if (failure.Tls is { } tls)
                        tried.NotePolicy(host, new IPEndPoint(address, host.Port), policy, tls, failure.IsOfPolicy);
                    if (failure.IsOfPolicy)
                        continue;
                    if (failure.Error == LocalError.EgressFailed && !failure.IsDoubt)
                        return null;
                    _unreachable.Add(Key(egress, host), options.AvoidHostFor);
                    if (failure.Reply is not null)
                        return null;
                }
            }
        }
        return null;
    }

    private async Task<SmtpSession> OpenAsync(MxHost host, IPEndPoint address, Egress egress, SessionTerms terms, CancellationToken cancellationToken)
    {
        var tlsKey = $"{host.Name}:{host.Port}";
        if (terms.Least == TlsLevel.Opportunistic && _brokenTls.Contains(tlsKey))
            terms = terms with { Tls = TlsLevel.Off, BrokenTls = "TLS failed a moment ago" };
        try
        {
            return await ConnectAsync(host, address, egress, terms, cancellationToken);
        }
        // RFC 7435 §3: opportunistic means that mail goes on without.
        catch (SessionFailedException failure) when (failure.Error == LocalError.TlsFailed && terms.Least == TlsLevel.Opportunistic)
        {
            logger.LogInformation("TLS with {Host} ({Address}) failed, going on in clear: {Fault}", host.Name, address, failure.Message);
            _brokenTls.Add(tlsKey, options.AvoidTlsFor);
            terms = terms with { Tls = TlsLevel.Off, BrokenTls = failure.Message };
        }
        return await ConnectAsync(host, address, egress, terms, cancellationToken);
    }

    private async Task<SmtpSession> ConnectAsync(MxHost host, IPEndPoint address, Egress egress, SessionTerms terms, CancellationToken cancellationToken)
    {
        var socket = await _connector.ConnectAsync(egress, address, terms.Timeouts.Connect, cancellationToken);
        return await SmtpSession.OpenAsync(socket, host, address, egress, terms, time, cancellationToken);
    }

    // A password goes to the smarthost, and all mail: never in clear, never to another, whatever the recipient's site would take.
    private SessionTerms Terms(Egress egress, SessionTerms terms) =>
        egress.Kind is EgressKind.Smarthost smarthost ? terms with { Tls = TlsLevel.Verified, Authorities = smarthost.Authorities, Policy = null } : terms with { Authorities = options.Authorities };

    /// <summary>Without a session the smarthost is to blame, in whatever words: they are not the recipient's.</summary>
    private static AttemptResult OfSmarthost(AttemptResult failure) =>
        failure with { Error = LocalError.EgressFailed, Reply = null, Detail = $"smarthost: {failure.Detail}" };

    private IEnumerable<MxHost> Ordered(Egress egress, Site site) => Shuffled(site.Hosts)
        .OrderBy(host => _unreachable.Contains(Key(egress, host)))
        .ThenBy(host => host.Preference);

    private IEnumerable<IPAddress> Ordered(Egress egress, IReadOnlyList<IPAddress> found) => Shuffled(found)
        .Where(address => egress.Address is null || egress.Address.AddressFamily == address.AddressFamily)
        .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    private T[] Shuffled<T>(IReadOnlyList<T> items)
    {
        T[] shuffled = [.. items];
        // A seeded Random is not made for several threads.
        lock (random)
            random.Shuffle(shuffled);
        return shuffled;
    }

    private static string Key(Egress egress, MxHost host) => $"{egress.PublicId} {host.Name}:{host.Port}";

    /// <summary>What was tried so far; the last failure stands for the whole.</summary>
    private sealed class Attempts
    {
        private readonly List<string> _notes = [];
        private MxHost? _host;
        private IPEndPoint? _address;
        private LocalError? _error = LocalError.NoMailHost;
        private SmtpReply? _reply;

        public int Connections { get; set; }

        /// <summary>For the domain's report.</summary>
        public List<TlsSession> Tls { get; } = [];

        /// <summary>A host was there, and only the domain's policy forbade it.</summary>
        private bool _isPolicyFailure;

        private bool IsPolicyFailure => _isPolicyFailure && _reply is null && Doubt is null && _error != LocalError.EgressFailed;

        /// <summary>What the egress said when it would not go to the last target.</summary>
        public string? Doubt { get; private set; }

        public void Note(MxHost host, IPEndPoint address, SessionFailedException failure)
        {
            Note(host, address, failure.Error, failure.Reply is { } reply ? $"refused: {reply}" : failure.Message);
            _reply = failure.Reply;
            Doubt = failure.IsDoubt ? failure.Message : null;
        }

        public void Note(MxHost host, IPEndPoint? address, LocalError? error, string detail)
        {
            _notes.Add(address is null ? $"{host.Name}: {detail}" : $"{host.Name} {address}: {detail}");
            // A host that has no address tells less than one that was there to be tried.
            if (address is null && _address is not null)
                return;
            (_host, _address, _error) = (host, address, error);
        }

        public void NotePolicy(MxHost host, IPEndPoint? address, HostPolicy? policy, TlsFailure failure, bool isOfPolicy)
        {
            Tls.Add(new(policy, host.Name, address?.ToString(), failure));
            if (!isOfPolicy)
                return;
            _isPolicyFailure = true;
            // With an address it is noted already.
            if (address is null)
                Note(host, null, LocalError.TlsFailed, failure.Detail);
        }

        public AttemptResult Result(TimeSpan duration) => new()
        {
            Outcome = AttemptOutcome.NoSession,
            Reply = _reply,
            Error = IsPolicyFailure ? LocalError.TlsFailed : _error,
            IsPolicyFailure = IsPolicyFailure,
            TlsSessions = Tls,
            Detail = _notes.Count == 0 ? "no host has an address that this egress can reach" : string.Join("; ", _notes),
            MxHost = _host?.Name,
            RemoteAddress = _address?.ToString(),
            Duration = duration,
        };
    }
}
