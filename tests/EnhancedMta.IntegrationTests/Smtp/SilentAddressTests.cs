using System.Net;
using System.Net.Sockets;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Sites;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>Addresses that do not answer at all, beside others that do (RFC 8305).</summary>
public sealed class SilentAddressTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly SilentListener _silent = new();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _silent.Dispose();
    }

    [Fact]
    public async Task One_that_is_silent_does_not_hold_up_mail_for_a_site_with_others()
    {
        // Without the race each message that begins with it would wait for ten minutes.
        await using var pool = Sending.Pool(new() { MaxMessagesPerConnection = 1, Timeouts = new() { Connect = TimeSpan.FromMinutes(10) } });
        var site = Equal(_silent.EndPoint, _server.EndPoint);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
        {
            var result = await pool.SendAsync(Sending.Egress, site, Sending.Mail(), limit.Token);
            Assert.Equal((AttemptOutcome.Accepted, _server.EndPoint.ToString()), (result.Outcome, result.RemoteAddress));
        }
        Assert.Equal((20, 20), (_server.Connections, _server.Mails.Count));
        await Sending.UntilAsync(() => pool.OpenConnections == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_s_second_family_does_where_its_first_is_silent_or_refuses(bool isSilent)
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Skip("This machine has no IPv6.");
        using var dns = new LoopbackDns();
        dns.A("mx.test", "127.0.0.1");
        dns.Aaaa("mx.test", "::1");
        // Not the port of a listener that is gone: somebody else may have it by now. Nobody listens on 127.0.0.5.
        await using var server = ScriptedSmtpServer.Start(IPAddress.IPv6Loopback, _silent.EndPoint.Port);
        if (!isSilent)
        {
            dns.Clear("mx.test");
            dns.A("mx.test", "127.0.0.5");
            dns.Aaaa("mx.test", "::1");
        }
        await using var pool = Sending.Pool(new() { Dns = dns.Options with { Timeout = TimeSpan.FromMinutes(1) }, Timeouts = new() { Connect = TimeSpan.FromMinutes(10) } });
        var site = Site.Of([new MxHost("mx.test", 10, server.Port) { IsRouted = true }]);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        var result = await pool.SendAsync(Sending.Egress, site, Sending.Mail(), limit.Token);
        Assert.Equal((AttemptOutcome.Accepted, server.EndPoint.ToString()), (result.Outcome, result.RemoteAddress));
        Assert.Equal(1, server.Connections);
        Assert.Equal(["A mx.test", "AAAA mx.test"], dns.Questions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_server_that_answers_in_time_is_the_only_one_that_sees_us()
    {
        await using var other = ScriptedSmtpServer.Start();
        // A clock that stands still: nothing here takes two seconds.
        await using var pool = Sending.Pool(new() { MaxMessagesPerConnection = 1 }, new FakeTimeProvider());
        for (var i = 0; i < 20; i++)
            await pool.SendAsync(Sending.Egress, Equal(_server.EndPoint, other.EndPoint), Sending.Mail(), TestContext.Current.CancellationToken);
        Assert.Equal(20, _server.Connections + other.Connections);
        Assert.Equal(20, _server.Mails.Count + other.Mails.Count);
    }

    [Fact]
    public async Task When_all_are_silent_each_has_its_full_time()
    {
        using var second = new SilentListener();
        await using var pool = Sending.Pool(new() { Timeouts = new() { Connect = TimeSpan.FromMilliseconds(300) } });
        var result = await pool.SendAsync(Sending.Egress, Equal(_silent.EndPoint, second.EndPoint), Sending.Mail(), TestContext.Current.CancellationToken);
        Assert.Equal((AttemptOutcome.NoSession, LocalError.ConnectTimeout), (result.Outcome, result.Error));
        Assert.Contains(_silent.EndPoint.ToString(), result.Detail!, StringComparison.Ordinal);
        Assert.Contains(second.EndPoint.ToString(), result.Detail!, StringComparison.Ordinal);
    }

    private static Site Equal(params IPEndPoint[] hosts) =>
        Site.Of(hosts.Select(host => new MxHost(host.Address.ToString(), 10, host.Port) { IsRouted = true }));

    /// <summary>A port whose line of waiting connections is full: the system drops what comes, as a firewall does.</summary>
    private sealed class SilentListener : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public SilentListener()
        {
            if (!OperatingSystem.IsLinux())
                Assert.Skip("Other systems refuse where Linux is silent.");
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _waiting.Add(socket);
                try
                {
                    socket.Connect(EndPoint);
                }
                catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // Stands in line.
                }
            }
        }

        public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

        public void Dispose()
        {
            foreach (var socket in _waiting)
                socket.Dispose();
            _listener.Dispose();
        }
    }
}
