using System.Net;
using System.Net.Sockets;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using Microsoft.Extensions.Logging;

namespace EnhancedMta.Smtp;

/// <summary>Opens a session with one of a site's hosts (RFC 5321 §5.1).</summary>
internal sealed class SessionOpener(HostAddresses addresses, SmtpPoolOptions options, TimeProvider time, Random random, ILogger logger)
{
    private readonly HostMemory _unreachable = new(time);
    private readonly HostMemory _brokenTls = new(time);

    /// <summary>A session, or the result that says why there is none.</summary>
    /// <remarks>
    /// Hosts by preference, equal ones in random order, those that failed of late last; of each its addresses. An address that cannot be
    /// reached, or does not speak SMTP, hands over to the next. A server's refusal ends it: those are the site's words, for the caller to judge.
    /// </remarks>
    public async Task<(SmtpSession? Session, AttemptResult? Failure)> OpenAsync(Egress egress, Site site, SessionSettings settings, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tried = new Attempts();
        foreach (var host in Ordered(egress, site))
        {
            var lookup = await addresses.FindAsync(host, cancellationToken);
            if (lookup.Error is { } error)
                tried.Note(host, null, error, lookup.Detail ?? "no address");
            foreach (var address in Ordered(egress, lookup.Addresses))
            {
                if (tried.Connections++ >= options.MaxAddresses)
                    return (null, tried.Result(time.GetElapsedTime(started)));
                try
                {
                    var session = await OpenAsync(host, new IPEndPoint(address, host.Port), egress, settings, cancellationToken);
                    _unreachable.Remove(Key(egress, host));
                    return (session, null);
                }
                catch (SessionFailedException failure)
                {
                    tried.Note(host, new IPEndPoint(address, host.Port), failure);
                    if (failure.Error == LocalError.EgressFailed)
                        return (null, tried.Result(time.GetElapsedTime(started)));
                    _unreachable.Add(Key(egress, host), options.AvoidHostFor);
                    if (failure.Reply is not null)
                        return (null, tried.Result(time.GetElapsedTime(started)));
                }
            }
        }
        return (null, tried.Result(time.GetElapsedTime(started)));
    }

    private async Task<SmtpSession> OpenAsync(MxHost host, IPEndPoint address, Egress egress, SessionSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Tls is not TlsLevel.Opportunistic)
            return await SmtpSession.OpenAsync(host, address, egress, settings.Tls, settings.Timeouts, time, cancellationToken);
        var tlsKey = $"{host.Name}:{host.Port}";
        if (!_brokenTls.Contains(tlsKey))
        {
            try
            {
                return await SmtpSession.OpenAsync(host, address, egress, TlsLevel.Opportunistic, settings.Timeouts, time, cancellationToken);
            }
            // RFC 7435 §3: opportunistic means that mail goes on without.
            catch (SessionFailedException failure) when (failure.Error == LocalError.TlsFailed)
            {
                logger.LogInformation("TLS with {Host} ({Address}) failed, going on in clear: {Fault}", host.Name, address, failure.Message);
                _brokenTls.Add(tlsKey, options.AvoidTlsFor);
            }
        }
        return await SmtpSession.OpenAsync(host, address, egress, TlsLevel.Off, settings.Timeouts, time, cancellationToken);
    }

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

        public void Note(MxHost host, IPEndPoint address, SessionFailedException failure)
        {
            Note(host, address, failure.Error, failure.Message);
            _reply = failure.Reply;
        }

        public void Note(MxHost host, IPEndPoint? address, LocalError? error, string detail)
        {
            _notes.Add(address is null ? $"{host.Name}: {detail}" : $"{host.Name} {address}: {detail}");
            // A host that has no address tells less than one that was there to be tried.
            if (address is null && _address is not null)
                return;
            (_host, _address, _error) = (host, address, error);
        }

        public AttemptResult Result(TimeSpan duration) => new()
        {
            Outcome = AttemptOutcome.NoSession,
            Reply = _reply,
            Error = _error,
            Detail = _notes.Count == 0 ? "no host has an address that this egress can reach" : string.Join("; ", _notes),
            MxHost = _host?.Name,
            RemoteAddress = _address?.ToString(),
            Duration = duration,
        };
    }
}
