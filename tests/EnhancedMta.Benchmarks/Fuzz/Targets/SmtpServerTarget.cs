using System.Net;
using System.Net.Sockets;
using EnhancedMta.Egresses;
using EnhancedMta.MxRules;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>
/// A whole SMTP session with a server that says what it likes, when it likes: the input is cut into pieces, one for the greeting and one for
/// each time that the client has said something; at their end the server closes.
/// </summary>
internal sealed class SmtpServerTarget() : FuzzTarget("smtp-servers", weight: 1, maxLength: 4_000), IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    /// <summary>All limits of a session one after the other, on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static readonly Egress Egress = new(1, "mta.example.com", null);

    private static readonly SmtpTimeouts Timeouts = new() { Connect = TimeSpan.FromSeconds(10), Command = Limit, DataBlock = Limit, EndOfData = Limit, Farewell = Limit };

    private static readonly byte[] Mail = "From: a@example.com\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n"u8.ToArray();

    private readonly ThreadLocal<Client> _client = new(() => new Client(), trackAllValues: true);

    public override IReadOnlyList<byte[]> Seeds { get; } = Octets(
        "220 mx ESMTP\r\n|250-mx\r\n250-SIZE 1000000\r\n250-8BITMIME\r\n250 PIPELINING\r\n|250 2.1.0 a\r\n250 2.1.5 b\r\n354 go\r\n|250 2.0.0 taken\r\n|221 bye\r\n",
        "220 mx ESMTP\r\n|250-mx\r\n250 SIZE 10\r\n|250 a\r\n|250 b\r\n|354 go\r\n|250 taken\r\n|221 bye\r\n",
        "220 mx ESMTP\r\n|250-mx\r\n250-STARTTLS\r\n250 PIPELINING\r\n|220 go ahead\r\n|garbage\r\n",
        "220 mx\r\n|250-mx\r\n250 PIPELINING\r\n|250 a\r\n550 5.1.1 b\r\n354 go\r\n|250 taken\r\n|250 reset\r\n",
        "220 mx\r\n|502 no EHLO\r\n|250 mx\r\n|250 a\r\n|451 4.7.1 greylisted\r\n|250 reset\r\n",
        "421 4.7.0 not now\r\n",
        "554 go away\r\n");

    public override IReadOnlyList<byte[]> Words { get; } = Octets("|", "\r\n", "\n", "250-", "250 ", "354 ", "421 ", "550 5.1.1 no\r\n", "250-AUTH PLAIN LOGIN\r\n", "250-STARTTLS\r\n", "250-SIZE 99999999999999999999\r\n", "220 ", "\0", "é", "999 ", "334 ");

    public override void Read(byte[] input, Random random)
    {
        var result = _client.Value!.SendAsync(input).GetAwaiter().GetResult();
        Hold(result is not null, "an attempt without a result");
        Hold(result!.Outcome != AttemptOutcome.Accepted || result.Reply is { Code: >= 200 and < 300 }, "accepted without a reply that says so");
    }

    public void Dispose()
    {
        foreach (var client in _client.Values)
            client.Dispose();
        _client.Dispose();
    }

    /// <summary>A pool of a worker's own, and the server that it meets.</summary>
    private sealed class Client : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly EgressHealth _health = new(TimeProvider.System, (_, _, _) => Task.CompletedTask);

        public Client() => _listener.Start();

        public async Task<AttemptResult?> SendAsync(byte[] script)
        {
            // Of a session of before nothing shall be known.
            var dns = new DnsOptions { NameServers = [new IPEndPoint(IPAddress.Loopback, 9)] };
            await using var pool = new SmtpPool(
                new HostAddresses(new DnsRecords(dns.CreateClient(), dns), dns, TimeProvider.System), _health, new SmtpPoolOptions(), TimeProvider.System, new Random(1), NullLogger<SmtpPool>.Instance);
            var path = pool.AddPath();
            path.Resize(1);
            using var over = new CancellationTokenSource();
            var serving = ServeAsync(script, over.Token);
            try
            {
                var site = Site.Of([new MxHost("127.0.0.1", 0, ((IPEndPoint)_listener.LocalEndpoint).Port) { IsRouted = true }]);
                return await pool.SendAsync(
                    path, Egress, site, new SessionTerms(TlsLevel.Opportunistic, Timeouts, 10), isUrgent: false,
                    () => ValueTask.FromResult<OutboundMail?>(new OutboundMail("bounce+1@example.com", "b@example.net", Mail, false, false)), () => true, CancellationToken.None, CancellationToken.None)
                    .WaitAsync(Patience, CancellationToken.None);
            }
            finally
            {
                await over.CancelAsync();
                await serving;
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync(byte[] script, CancellationToken over)
        {
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptSocketAsync(over);
                    await TalkAsync(socket, script, over);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The session is over.
            }
        }

        private static async Task TalkAsync(Socket socket, byte[] script, CancellationToken over)
        {
            try
            {
                var buffer = new byte[4_096];
                for (var rest = script.AsMemory(); ;)
                {
                    var end = rest.Span.IndexOf((byte)'|');
                    if (rest.Length > 0)
                        await socket.SendAsync(end < 0 ? rest : rest[..end], over);
                    if (end < 0)
                        return;
                    rest = rest[(end + 1)..];
                    if (await socket.ReceiveAsync(buffer, over) == 0)
                        return;
                }
            }
            catch (SocketException)
            {
                // The client has had enough.
            }
        }
    }
}
