using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
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
    private readonly SmtpTimeouts _timeouts;
    private readonly TimeProvider _time;
    private SslStream? _tls;

    [SuppressMessage("Security", "CA5359", Justification = "The rule of the path says whether the certificate matters.")]
    private SmtpSession(SmtpWire wire, MxHost host, IPEndPoint address, OpeningLog log, TlsLevel tls, SmtpTimeouts timeouts, TimeProvider time)
        : base(log)
    {
        (_wire, _timeouts, _time) = (wire, timeouts, time);
        (Host, Address) = (host, address.ToString());
        _dialogue = new SmtpDialogue(wire);
        // RFC 7435: unless the path's rule asks for more, any certificate beats clear text, and there is nothing to check it against.
        ServerCertificateValidationCallback = (_, _, _, errors) => tls != TlsLevel.Verified || errors == SslPolicyErrors.None;
    }

    public MxHost Host { get; }

    /// <summary>The server's address with port.</summary>
    public string Address { get; }

    /// <summary>Protocol and cipher suite, or null for clear text.</summary>
    public string? Tls { get; private set; }

    /// <summary>Connects and opens a session.</summary>
    /// <param name="host">Who is to answer at the address.</param>
    /// <param name="address">Where to connect.</param>
    /// <param name="egress">Gives the local address and the name for EHLO.</param>
    /// <param name="tls">Whether STARTTLS is asked for, and what it must give.</param>
    /// <param name="timeouts">For connecting and for each reply.</param>
    /// <param name="time">For durations.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    /// <exception cref="SessionFailedException">With <see cref="LocalError.TlsFailed"/> another try in clear may do.</exception>
    public static async Task<SmtpSession> OpenAsync(
        MxHost host, IPEndPoint address, Egress egress, TlsLevel tls, SmtpTimeouts timeouts, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(address, egress, timeouts.Connect, cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeouts.Command);
        using var log = new OpeningLog(() => limit.CancelAfter(timeouts.Command));
        var session = new SmtpSession(new SmtpWire(socket), host, address, log, tls, timeouts, time) { LocalDomain = egress.HeloHost };
        try
        {
            // The name goes into no command: MailKit only makes a URI of it, which not every host name of the DNS survives.
            await session.ConnectAsync(session._wire, address.Address.ToString(), address.Port,
                tls switch
                {
                    TlsLevel.Off => SecureSocketOptions.None,
                    TlsLevel.Opportunistic => SecureSocketOptions.StartTlsWhenAvailable,
                    _ => SecureSocketOptions.StartTls,
                }, limit.Token);
            log.Mute();
            session.TakeOver();
            return session;
        }
        catch (Exception fault)
        {
            session.Dispose();
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Explain(fault, log);
        }
    }

    protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(
        string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
    {
        var options = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
        options.TargetHost = Host.Name;
        options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        // MailKit keeps its streams to itself. We have no certificate to choose, but whoever asks for one is the stream.
        options.LocalCertificateSelectionCallback = (stream, _, _, _, _) =>
        {
            _tls = stream as SslStream;
            return null!;
        };
        return options;
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint address, Egress egress, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // Nagle's algorithm and delayed acknowledgements together cost 43 ms a message.
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            Bind(socket, egress);
            await socket.ConnectAsync(address, limit.Token);
            return socket;
        }
        catch (Exception fault)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw fault switch
            {
                OperationCanceledException => new SessionFailedException(LocalError.ConnectTimeout, null, "connecting took too long", fault),
                SocketException { SocketErrorCode: SocketError.TimedOut } => new SessionFailedException(LocalError.ConnectTimeout, null, fault.Message, fault),
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } => new SessionFailedException(LocalError.ConnectRefused, null, fault.Message, fault),
                SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } => new SessionFailedException(LocalError.ConnectionLost, null, fault.Message, fault),
                SocketException => new SessionFailedException(LocalError.ConnectFailed, null, fault.Message, fault),
                _ => fault,
            };
        }
    }

    private static void Bind(Socket socket, Egress egress)
    {
        if (egress.Address is null)
            return;
        try
        {
            socket.Bind(new IPEndPoint(egress.Address, 0));
        }
        catch (SocketException fault)
        {
            throw new SessionFailedException(LocalError.EgressFailed, null, $"egress {egress}: cannot bind {egress.Address}: {fault.Message}", fault);
        }
    }

    private void TakeOver()
    {
        if (!IsSecure)
            return;
        _dialogue = new SmtpDialogue(_tls ?? throw new SessionFailedException(LocalError.TlsFailed, null, "the TLS stream did not show itself"));
        Tls = $"{_tls.SslProtocol} {_tls.NegotiatedCipherSuite}";
    }

    private static SessionFailedException Explain(Exception fault, OpeningLog log)
    {
        if (fault is SessionFailedException known)
            return known;
        if (fault is NotSupportedException)
            return new(LocalError.TlsFailed, null, "STARTTLS is not offered, and the MX rule requires it", fault);
        var refusal = log.LastReply is { Code: >= 400 } reply ? reply : null;
        if (log.IsTlsStarted && (refusal is null || refusal.Command == SmtpCommand.StartTls))
            return new(LocalError.TlsFailed, null, Describe(fault, log), fault);
        if (refusal is not null)
            return new(null, refusal, "refused", fault);
        return new(fault switch
        {
            ReplyFormatException or SmtpCommandException => LocalError.ProtocolViolation,
            OperationCanceledException => LocalError.ReplyTimeout,
            IOException or SmtpProtocolException or SocketException or ObjectDisposedException => LocalError.ConnectionLost,
            _ => LocalError.Internal,
        }, null, Describe(fault, log), fault);
    }

    private static string Describe(Exception fault, OpeningLog log) =>
        $"{log.Awaited}: {(fault is OperationCanceledException ? "no answer in time" : (fault.InnerException ?? fault).Message)}";
}
