using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
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
    /// reached, or does not speak SMTP, hands over to the next; one that is silent is given a head start only, see <see cref="ConnectionRace"/>. A
    /// server's refusal ends it: those are the site's words, for the caller to judge. So does a failure of the egress, whose health is told; it is <see cref="LocalError.EgressFailed"/>, and no fault of the site.
    /// </remarks>
    public async Task<(SmtpSession? Session, AttemptResult? Failure, IReadOnlyList<TlsSession> Tried)> OpenAsync(Egress egress, Site site, SessionTerms terms, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tried = new OpeningAttempts();
        var permit = await health.MayTryAsync(egress, cancellationToken);
        if (permit == EgressPermit.Refused)
            return (null, tried.Result(time.GetElapsedTime(started)) with { Error = LocalError.EgressFailed, Detail = $"egress {egress} is set aside: {health.Find(egress)?.Detail}" }, []);
        try
        {
            var session = await OpenAsync(egress, egress.Destination(site), Terms(egress, terms), tried, cancellationToken);
            if (session is not null)
            {
                health.Worked(egress, isSession: true);
                return (session, null, tried.Tls);
            }
            var failure = tried.Result(time.GetElapsedTime(started));
            if (egress.Kind is EgressKind.Smarthost)
                failure = OfSmarthost(failure);
            await TellAsync(egress, site, failure, tried, cancellationToken);
            return (null, failure, tried.Tls);
        }
        finally
        {
            if (permit == EgressPermit.Trial)
                health.EndTrial(egress);
        }
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

    private async Task TellAsync(Egress egress, Site site, AttemptResult failure, OpeningAttempts tried, CancellationToken cancellationToken)
    {
        if (tried.Doubt is { } doubt)
            await health.DoubtedAsync(egress, site.Key, doubt, cancellationToken);
        else if (failure.Error == LocalError.EgressFailed)
            await health.FailedAsync(egress, failure.Detail!, cancellationToken);
        else if (tried.Connections > 0)
            health.Worked(egress, isSession: false);
    }

    private async Task<SmtpSession?> OpenAsync(Egress egress, Site site, SessionTerms terms, OpeningAttempts tried, CancellationToken cancellationToken)
    {
        await using var race = new ConnectionRace(
            TargetsAsync(egress, site, terms, tried, cancellationToken), (target, stop) => ConnectAsync(egress, target, terms, stop), options.MaxAddresses, time, cancellationToken);
        while (await race.NextAsync() is { } next)
        {
            var (target, socket, failure) = next;
            if (target.Address is not null)
                tried.Connections++;
            if (socket is not null)
            {
                try
                {
                    var session = await OpenAsync(socket, target, egress, terms with { HostPolicy = terms.Policy?.For(target.Host) }, cancellationToken);
                    Remember(egress, target, race.Silent);
                    return session;
                }
                catch (SessionFailedException fault)
                {
                    failure = fault;
                }
            }
            tried.Note(target.Host, target.Address, failure!);
            if (failure!.Tls is { } tls)
                tried.NotePolicy(target.Host, target.Address, terms.Policy?.For(target.Host), tls, failure.IsOfPolicy);
            if (failure.IsOfPolicy)
                continue;
            if (failure.Error == LocalError.EgressFailed && !failure.IsDoubt)
                return null;
            if (target.Address is { } address)
            {
                _unreachable.Add(Key(egress, address), options.AvoidHostFor);
                _unreachable.Add(Key(egress, target.Host), options.AvoidHostFor);
            }
            if (failure.Reply is not null)
                return null;
        }
        return null;
    }

    /// <summary>A site's addresses in the order of trying. Names are looked up when it is their turn.</summary>
    private async IAsyncEnumerable<Target> TargetsAsync(Egress egress, Site site, SessionTerms terms, OpeningAttempts tried, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (host, rank) in Ordered(egress, site))
        {
            var lookup = await addresses.FindAsync(host, cancellationToken);
            if (terms.Policy?.For(host) is { IsEnforced: true, Refusal: { } refusal } policy)
            {
                tried.NotePolicy(host, null, policy, refusal, isOfPolicy: true);
                continue;
            }

            if (lookup.Error is { } error)
                yield return new Target(host, null, rank) { NoAddress = new SessionFailedException(error, null, lookup.Detail ?? "no address") };
            foreach (var address in Ordered(egress, host, lookup.Addresses))
                yield return new Target(host, address, rank);
        }
    }

    private Task<Socket> ConnectAsync(Egress egress, Target target, SessionTerms terms, CancellationToken cancellationToken) =>
        target.Address is { } address
            ? _connector.ConnectAsync(egress, address, terms.Timeouts.Connect, cancellationToken)
            : Task.FromException<Socket>(target.NoAddress!);

    private async Task<SmtpSession> OpenAsync(Socket socket, Target target, Egress egress, SessionTerms terms, CancellationToken cancellationToken)
    {
        var (host, address) = (target.Host, target.Address!);
        var tlsKey = $"{host.Name}:{host.Port}";
        if (terms.Least == TlsLevel.Opportunistic && _brokenTls.Contains(tlsKey))
            terms = terms with { Tls = TlsLevel.Off, BrokenTls = "TLS failed a moment ago" };
        try
        {
            return await SmtpSession.OpenAsync(socket, host, address, egress, terms, time, cancellationToken);
        }
        // RFC 7435 §3: opportunistic means that mail goes on without.
        catch (SessionFailedException failure) when (failure.Error == LocalError.TlsFailed && terms.Least == TlsLevel.Opportunistic)
        {
            logger.LogInformation("TLS with {Host} ({Address}) failed, going on in clear: {Fault}", host.Name, address, failure.Message);
            _brokenTls.Add(tlsKey, options.AvoidTlsFor);
            terms = terms with { Tls = TlsLevel.Off, BrokenTls = failure.Message };
        }
        socket = await ConnectAsync(egress, target, terms, cancellationToken);
        return await SmtpSession.OpenAsync(socket, host, address, egress, terms, time, cancellationToken);
    }

    // What was silent while another answered has lost, for a while: the next session need not wait for it again.
    private void Remember(Egress egress, Target answered, IReadOnlyList<Target> silent)
    {
        foreach (var target in silent)
        {
            _unreachable.Add(Key(egress, target.Address!), options.AvoidHostFor);
            _unreachable.Add(Key(egress, target.Host), options.AvoidHostFor);
        }
        _unreachable.Remove(Key(egress, answered.Host));
        _unreachable.Remove(Key(egress, answered.Address!));
    }

    // A password goes to the smarthost, and all mail: never in clear, never to another, whatever the recipient's site would take.
    private SessionTerms Terms(Egress egress, SessionTerms terms) =>
        egress.Kind is EgressKind.Smarthost smarthost ? terms with { Tls = TlsLevel.Verified, Authorities = smarthost.Authorities, Policy = null } : terms with { Authorities = options.Authorities };

    /// <summary>Without a session the smarthost is to blame, in whatever words: they are not the recipient's.</summary>
    private static AttemptResult OfSmarthost(AttemptResult failure) =>
        failure with { Error = LocalError.EgressFailed, Reply = null, Detail = $"smarthost: {failure.Detail}" };

    private IEnumerable<(MxHost Host, (bool, int) Rank)> Ordered(Egress egress, Site site) => Shuffled(site.Hosts)
        .Select(host => (Host: host, Rank: (_unreachable.Contains(Key(egress, host)), host.Preference)))
        .OrderBy(host => host.Rank);

    private IEnumerable<IPEndPoint> Ordered(Egress egress, MxHost host, IReadOnlyList<IPAddress> found) => Shuffled(found)
        .Where(address => egress.Address is null || egress.Address.AddressFamily == address.AddressFamily)
        .Select(address => new IPEndPoint(address, host.Port))
        .OrderBy(address => _unreachable.Contains(Key(egress, address)))
        .ThenBy(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    private T[] Shuffled<T>(IReadOnlyList<T> items)
    {
        T[] shuffled = [.. items];
        // A seeded Random is not made for several threads.
        lock (random)
            random.Shuffle(shuffled);
        return shuffled;
    }

    private static string Key(Egress egress, MxHost host) => $"{egress.PublicId} {host.Name}:{host.Port}";

    private static string Key(Egress egress, IPEndPoint address) => $"{egress.PublicId} {address}";
}
