using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.TlsPolicies;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace EnhancedMta.Smtp;

/// <summary>
/// One connection to an MX host. MailKit opens the session: greeting, EHLO, STARTTLS, capabilities. The mail transactions are ours
/// (in the other half of this class), since MailKit's serialises the message and rewrites addresses where signed octets must go out
/// as they are, and waits for DATA's answer apart where a pipelined group saves a round trip.
/// </summary>
internal sealed partial class SmtpSession : SmtpClient
{
    private readonly SmtpWire _wire;
    private readonly SessionTerms _terms;
    private readonly TimeProvider _time;
    private SslStream? _tls;
    private SessionFailedException? _refused;

    private SmtpSession(SmtpWire wire, MxHost host, IPEndPoint address, Egress egress, OpeningLog log, SessionTerms terms, TimeProvider time)
        : base(log)
    {
        (_wire, _terms, _time) = (wire, terms, time);
        (Host, Address) = (host, address.ToString());
        LocalDomain = egress.HeloHost;
        Security = terms.BrokenTls is { } broken ? SessionSecurity.Broken(broken) : SessionSecurity.NotOffered;
        _dialogue = new SmtpDialogue(wire);
        ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsGood(certificate, chain, errors);
    }

    public MxHost Host { get; }

    /// <summary>The server's address with port.</summary>
    public string Address { get; }

    /// <summary>Protocol and cipher suite, or null for clear text.</summary>
    public string? Tls { get; private set; }

    /// <summary>What the server proved.</summary>
    public SessionSecurity Security { get; private set; }

    /// <summary>Opens a session on a connection, and logs in where the egress is a smarthost that asks for it.</summary>
    /// <param name="socket">To the address, directly or through a proxy. Closed with the session, and when there is none.</param>
    /// <param name="host">Who is to answer.</param>
    /// <param name="address">Where.</param>
    /// <param name="egress">Gives the name for EHLO, and what to log in with.</param>
    /// <param name="terms">TLS and timeouts. An opportunistic session is a first try: it fails when TLS is offered and broken.</param>
    /// <param name="time">For durations.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    /// <exception cref="SessionFailedException">With <see cref="LocalError.TlsFailed"/> another try in clear may do, where that is allowed.</exception>
    public static async Task<SmtpSession> OpenAsync(
        Socket socket, MxHost host, IPEndPoint address, Egress egress, SessionTerms terms, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(terms.Timeouts.Command);
        using var log = new OpeningLog(() => limit.CancelAfter(terms.Timeouts.Command));
        var session = new SmtpSession(new SmtpWire(socket), host, address, egress, log, terms, time);
        try
        {
            // The name goes into no command: MailKit only makes a URI of it, which not every host name of the DNS survives.
            await session.ConnectAsync(session._wire, address.Address.ToString(), address.Port, Options(terms.Least), limit.Token);
            if (egress.Kind is EgressKind.Smarthost { Credentials: { } credentials })
                await session.AuthenticateAsync(Encoding.UTF8, credentials.ForSasl(), limit.Token);
            log.Mute();
            session.TakeOver();
            return session;
        }
        catch (Exception fault)
        {
            session.Dispose();
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw session._refused ?? Explain(fault, log, terms);
        }
    }

    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
        string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        var options = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
        options.TargetHost = Host.Name;
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        options.CertificateChainPolicy = ClientTls.ChainPolicy(_terms.Authorities);
        // MailKit keeps its streams to itself. We have no certificate to choose, but whoever asks for one is the stream.
        options.LocalCertificateSelectionCallback = (stream, _, _, _, _) =>
        {
            _tls = stream as SslStream;
            return null!;
        };
        return options;
    }

    private static SecureSocketOptions Options(TlsLevel tls) => tls switch
    {
        TlsLevel.Off => SecureSocketOptions.None,
        TlsLevel.Opportunistic => SecureSocketOptions.StartTlsWhenAvailable,
        _ => SecureSocketOptions.StartTls,
    };

    // RFC 7435: any certificate beats clear text, where nobody asked for more.
    private bool IsGood(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Security = SessionSecurity.Of(certificate, chain, errors, Host.Name);
        var byRule = _terms.Tls == TlsLevel.Verified ? Security.CertificateFailure : null;
        var failure = byRule ?? (_terms.HostPolicy is { IsEnforced: true } policy ? policy.Check(Security) : null);
        if (failure is not null)
            _refused = new(LocalError.TlsFailed, null, failure.Detail) { Tls = failure, IsOfPolicy = byRule is null };
        return failure is null;
    }

    private void TakeOver()
    {
        if (!IsSecure)
            return;
        _dialogue = new SmtpDialogue(_tls ?? throw new SessionFailedException(LocalError.TlsFailed, null, "the TLS stream did not show itself"));
        Tls = $"{_tls.SslProtocol} {_tls.NegotiatedCipherSuite}";
    }

    private static SessionFailedException Explain(Exception fault, OpeningLog log, SessionTerms terms)
    {
        if (fault is SessionFailedException known)
            return known;
        var refusal = log.LastReply is { Code: >= 400 } reply ? reply : null;
        if (log.IsTlsStarted && (refusal is null || refusal.Command == SmtpCommand.StartTls))
            return TlsFailed(refusal is null ? TlsFault.ValidationFailure : TlsFault.StartTlsNotSupported, Describe(fault, log));
        if (refusal is not null)
            return new(null, refusal, "refused", fault);
        // MailKit's word for STARTTLS that was asked for and is not offered.
        if (fault is NotSupportedException)
            return TlsFailed(TlsFault.StartTlsNotSupported, "STARTTLS is not offered");
        return new(fault switch
        {
            ReplyFormatException or SmtpCommandException => LocalError.ProtocolViolation,
            OperationCanceledException => LocalError.ReplyTimeout,
            IOException or SmtpProtocolException or SocketException or ObjectDisposedException => LocalError.ConnectionLost,
            _ => LocalError.Internal,
        }, null, Describe(fault, log), fault);

        SessionFailedException TlsFailed(TlsFault what, string detail) =>
            new(LocalError.TlsFailed, null, terms is { HostPolicy: { IsEnforced: true } policy } ? $"{detail}, which {(policy.Kind == PolicyKind.Tlsa ? "DANE" : "MTA-STS")} asks for" : detail, fault)
            {
                Tls = new(what, detail),
                IsOfPolicy = terms.Least > terms.Tls,
            };
    }

    private static string Describe(Exception fault, OpeningLog log) =>
        $"{log.Awaited}: {(fault is OperationCanceledException ? "no answer in time" : (fault.InnerException ?? fault).Message)}";
}
