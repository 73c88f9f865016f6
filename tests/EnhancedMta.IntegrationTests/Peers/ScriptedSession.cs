using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace EnhancedMta.IntegrationTests.Peers;

/// <summary>One connection to a <see cref="ScriptedSmtpServer"/>.</summary>
internal sealed class ScriptedSession(ScriptedSmtpServer server, Socket socket, int number) : IDisposable
{
    private static readonly X509Certificate2 Certificate = CreateCertificate();

    private static readonly SslStreamCertificateContext Default = SslStreamCertificateContext.Create(Certificate, null, offline: true);

    /// <summary>Who trusts it finds the certificate valid for <c>localhost</c>.</summary>
    public static string CertificatePem => Certificate.ExportCertificatePem();

    private readonly byte[] _input = new byte[16 * 1024];
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _start;
    private int _end;
    private int _message;
    private string? _mailLine;
    private string? _rcptLine;
    private bool _isTls;

    public void Dispose() => _stream.Dispose();

    public async Task RunAsync()
    {
        try
        {
            socket.NoDelay = true;
            if (!await ActAsync(SmtpPhase.Connect, "", "220 scripted.example ESMTP"))
                return;
            while (await ReadLineAsync() is { } line)
            {
                server.Note(line);
                if (!await AnswerAsync(line))
                    return;
            }
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            // The client left, or the server stops.
        }
    }

    private Task<bool> AnswerAsync(string line)
    {
        var verb = line.Split(' ', ':')[0].ToUpperInvariant();
        switch (verb)
        {
            case "EHLO":
                return ActAsync(SmtpPhase.Ehlo, line, Capabilities());
            case "HELO":
                return ActAsync(SmtpPhase.Ehlo, line, "250 scripted.example");
            case "STARTTLS":
                return StartTlsAsync(line);
            case "MAIL":
                _message++;
                return EnvelopeAsync(SmtpPhase.Mail, line, "250 2.1.0 OK", () => (_mailLine, _rcptLine) = (line, null));
            case "RCPT":
                return EnvelopeAsync(SmtpPhase.Rcpt, line, _mailLine is null ? "503 5.5.1 MAIL first" : "250 2.1.5 OK", () => _rcptLine = line);
            case "DATA":
                return DataAsync(line);
            case "RSET":
                return EnvelopeAsync(SmtpPhase.Rset, line, "250 2.0.0 OK", () => (_mailLine, _rcptLine) = (null, null));
            case "QUIT":
                return QuitAsync(line);
            default:
                return ActAsync(SmtpPhase.Other, line, "502 5.5.1 Not implemented");
        }
    }

    private string[] Capabilities()
    {
        List<string> words = ["scripted.example", .. server.Extensions];
        if (server.Tls != SmtpTls.NotOffered && !_isTls)
            words.Add("STARTTLS");
        return [.. words.Select((word, index) => $"250{(index == words.Count - 1 ? ' ' : '-')}{word}")];
    }

    private async Task<bool> StartTlsAsync(string line)
    {
        if (server.Tls is SmtpTls.NotOffered or SmtpTls.Refused)
            return await ActAsync(SmtpPhase.StartTls, line, "454 4.7.0 TLS not available");
        if (!await ActAsync(SmtpPhase.StartTls, line, "220 2.0.0 Go ahead"))
            return false;
        if (server.Tls == SmtpTls.Breaks)
        {
            await _stream.WriteAsync("this is no TLS\r\n"u8.ToArray(), server.Stopping);
            return false;
        }
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = server.Identity ?? Default }, server.Stopping);
        _isTls = true;
        return true;
    }

    private async Task<bool> EnvelopeAsync(SmtpPhase phase, string line, string reply, Action accepted)
    {
        var act = Decide(phase, line) ?? SmtpAct.Reply(reply);
        if (act.IsPositive)
            accepted();
        return await PerformAsync(act);
    }

    private async Task<bool> DataAsync(string line)
    {
        var act = Decide(SmtpPhase.Data, line) ?? SmtpAct.Reply(_rcptLine is null ? "554 5.5.1 No valid recipients" : "354 Go ahead");
        if (!await PerformAsync(act))
            return false;
        if (act.Octets is not [(byte)'3', ..])
            return true;

        var data = new MemoryStream();
        var isMidData = false;
        while (await ReadLineOctetsAsync() is { } octets)
        {
            if (octets.AsSpan().SequenceEqual(".\r\n"u8))
                return await EndOfDataAsync(data.ToArray());
            data.Write(octets.AsSpan(octets[0] == '.' ? 1 : 0));
            if (!isMidData && Decide(SmtpPhase.MidData, "") is { } midway && !await PerformAsync(midway))
                return false;
            isMidData = true;
        }
        return false;
    }

    private async Task<bool> EndOfDataAsync(byte[] data)
    {
        var act = Decide(SmtpPhase.EndOfData, "") ?? SmtpAct.Reply("250 2.0.0 Queued");
        if (act.Takes && _rcptLine is not null)
            server.Take(new ReceivedMail(_mailLine!, _rcptLine, data, _isTls, number));
        (_mailLine, _rcptLine) = (null, null);
        return await PerformAsync(act);
    }

    private async Task<bool> QuitAsync(string line)
    {
        await ActAsync(SmtpPhase.Quit, line, "221 2.0.0 Bye");
        return false;
    }

    private Task<bool> ActAsync(SmtpPhase phase, string line, params string[] reply) => PerformAsync(Decide(phase, line) ?? SmtpAct.Reply(reply));

    private SmtpAct? Decide(SmtpPhase phase, string line) =>
        server.Script(new SmtpStep(phase, line, number, _message, _rcptLine is null ? null : ReceivedMail.Path(_rcptLine)));

    // False when the connection is to end.
    private async Task<bool> PerformAsync(SmtpAct act)
    {
        await _stream.WriteAsync(act.Octets, server.Stopping);
        while (act.NeverEnds)
            await _stream.WriteAsync("250-and more\r\n"u8.ToArray(), server.Stopping);
        while (act.Stalls && await _stream.ReadAsync(_input, server.Stopping) > 0)
        {
            // Whatever comes, nothing is said.
        }
        if (act.Resets)
            socket.LingerState = new LingerOption(true, 0);
        return !act.Closes && !act.Stalls;
    }

    private async Task<string?> ReadLineAsync() =>
        await ReadLineOctetsAsync() is { } octets ? Encoding.UTF8.GetString(octets).TrimEnd('\r', '\n') : null;

    private async Task<byte[]?> ReadLineOctetsAsync()
    {
        var line = new MemoryStream();
        while (true)
        {
            var lineEnd = _input.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            var taken = lineEnd < 0 ? _end - _start : lineEnd + 1;
            line.Write(_input, _start, taken);
            _start += taken;
            if (lineEnd >= 0)
                return line.ToArray();
            (_start, _end) = (0, await _stream.ReadAsync(_input, server.Stopping));
            if (_end == 0)
                return null;
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=scripted.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
