using System.Net;
using System.Net.Sockets;
using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Egresses;

/// <summary>Through a real SOCKS5 proxy, which owns the sending address: whose fault is what.</summary>
public sealed class ProxyTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _raised = [];
    private readonly EgressHealth _health;
    private readonly TestPool _pool;

    public ProxyTests()
    {
        _health = new EgressHealth(_time, (_, detail, _) =>
        {
            _raised.Add(detail);
            return Task.CompletedTask;
        });
        _pool = Sending.Pool(time: _time, health: _health);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(SmtpTls.NotOffered)]
    [InlineData(SmtpTls.Works)]
    public async Task Messages_leave_from_the_proxy_s_address_over_one_connection(SmtpTls tls)
    {
        await using var proxy = await DanteServer.StartAsync();
        _server.Tls = tls;
        var text = "a\r\n.\r\n" + new string('x', 300_000) + "\r\n";
        for (var i = 0; i < 3; i++)
        {
            var result = await SendAsync(Through(proxy), Sending.Site(_server), Sending.Mail(text));
            Assert.Equal((AttemptOutcome.Accepted, tls == SmtpTls.Works), (result.Outcome, result.Tls is not null));
            Assert.Equal(_server.EndPoint.ToString(), result.RemoteAddress);
        }
        Assert.All(_server.Mails, mail => Assert.Equal(text, mail.Text));
        Assert.Equal([DanteServer.Outside], _server.Clients);
        Assert.Contains("EHLO mta7.example.com", _server.Commands);
    }

    [Fact]
    public async Task Broken_tls_of_the_server_is_not_the_proxy_s_fault()
    {
        await using var proxy = await DanteServer.StartAsync();
        _server.Tls = SmtpTls.Breaks;
        var result = await SendAsync(Through(proxy), Sending.Site(_server));
        Assert.Equal((AttemptOutcome.Accepted, null), (result.Outcome, result.Tls));
    }

    [Fact]
    public async Task The_user_name_and_password_open_the_proxy_and_wrong_ones_are_the_egress_s_fault()
    {
        await using var proxy = await DanteServer.StartAsync("secret of the proxy");
        var wrong = Through(proxy, new EgressCredentials(DanteServer.UserName, "guessed secret"));
        var result = await SendAsync(wrong, Sending.Site(_server));
        AssertEgressFailed(result);
        Assert.Contains(DanteServer.UserName, result.Detail!, StringComparison.Ordinal);
        Assert.DoesNotContain("guessed secret", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("guessed secret", wrong.ToString() + wrong.Kind, StringComparison.Ordinal);
        AssertEgressFailed(await SendAsync(Through(proxy) with { PublicId = 8 }, Sending.Site(_server)));
        Assert.Equal(0, _server.Connections);

        var right = Through(proxy, new EgressCredentials(DanteServer.UserName, "secret of the proxy")) with { PublicId = 9 };
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(right, Sending.Site(_server))).Outcome);
        Assert.Equal((true, true, false), (_health.Find(wrong) is not null, _health.Find(Through(proxy) with { PublicId = 8 }) is not null, _health.Find(right) is not null));
    }

    [Fact]
    public async Task A_target_that_refuses_is_the_recipient_s_and_the_next_host_takes_the_mail()
    {
        await using var proxy = await DanteServer.StartAsync();
        var refused = await SendAsync(Through(proxy), Sending.Site(Sending.ClosedPort()));
        Assert.Equal((AttemptOutcome.NoSession, LocalError.ConnectRefused), (refused.Outcome, refused.Error));
        Assert.Null(_health.Find(Through(proxy)));
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(Through(proxy), Sending.Site(Sending.ClosedPort(), _server.EndPoint))).Outcome);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_is_the_recipient_s()
    {
        await using var proxy = await DanteServer.StartAsync();
        using var silent = new SilentPort();
        var result = await SendAsync(Through(proxy), Sending.Site(silent.EndPoint));
        Assert.Equal((AttemptOutcome.NoSession, LocalError.ConnectTimeout), (result.Outcome, result.Error));
        Assert.Null(_health.Find(Through(proxy)));
    }

    [Fact]
    public async Task A_proxy_that_will_not_go_to_one_target_is_ill_only_when_it_will_not_go_to_others()
    {
        await using var proxy = await DanteServer.StartAsync();
        var egress = Through(proxy);
        for (var i = 1; i <= 2; i++)
        {
            AssertEgressFailed(await SendAsync(egress, Blocked(i)));
            AssertEgressFailed(await SendAsync(egress, Blocked(i)));
            Assert.Null(_health.Find(egress));
        }
        // A session takes the doubts away.
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(egress, Sending.Site(_server))).Outcome);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Null(_health.Find(egress));
            AssertEgressFailed(await SendAsync(egress, Blocked(i)));
        }
        Assert.NotNull(_health.Find(egress));
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var other = ScriptedSmtpServer.Start();
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(egress, Sending.Site(other))).Outcome);
        Assert.Null(_health.Find(egress));
    }

    [Fact]
    public async Task A_proxy_that_is_down_is_set_aside_then_tried_by_one_and_taken_back()
    {
        await using var proxy = await DanteServer.StartAsync();
        var egress = Through(proxy);
        var site = Sending.Site(_server);
        proxy.Kill();
        AssertEgressFailed(await SendAsync(egress, site));
        var illness = _health.Find(egress)!;
        Assert.Equal((1, _time.GetUtcNow() + TimeSpan.FromMinutes(1)), (illness.Failures, illness.Until));
        AssertEgressFailed(await SendAsync(egress, site));
        Assert.Equal(illness, _health.Find(egress));

        _time.Advance(TimeSpan.FromMinutes(1));
        await proxy.RunAsync();
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(egress, site)).Outcome);
        Assert.Null(_health.Find(egress));
        Assert.Empty(_raised);
    }

    [Fact]
    public async Task A_proxy_that_dies_before_the_end_of_the_data_is_the_egress_s_fault_and_after_it_the_message_is_in_doubt()
    {
        await using var proxy = await DanteServer.StartAsync();
        var egress = Through(proxy);
        _server.Script = step =>
        {
            if (step.Phase != SmtpPhase.Rcpt)
                return null;
            proxy.Kill();
            return SmtpAct.Close;
        };
        AssertEgressFailed(await SendAsync(egress, Sending.Site(_server)));
        Assert.NotNull(_health.Find(egress));

        await proxy.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        _server.Script = step =>
        {
            if (step.Phase != SmtpPhase.EndOfData)
                return null;
            proxy.Kill();
            return SmtpAct.TakeAndClose;
        };
        var result = await SendAsync(egress, Sending.Site(_server));
        Assert.Equal((AttemptOutcome.InDoubt, LocalError.ConnectionLost), (result.Outcome, result.Error));
        await Sending.UntilAsync(() => _server.Mails.Count == 1);
    }

    [Fact]
    public async Task A_server_that_ends_the_connection_is_not_the_proxy_s_fault()
    {
        await using var proxy = await DanteServer.StartAsync();
        _server.Script = step => step.Phase == SmtpPhase.Rcpt ? SmtpAct.Close : null;
        var result = await SendAsync(Through(proxy), Sending.Site(_server));
        Assert.Equal((AttemptOutcome.NoSession, LocalError.ConnectionLost), (result.Outcome, result.Error));
        Assert.Null(_health.Find(Through(proxy)));
    }

    [Fact]
    public async Task Hosts_of_another_family_than_the_proxy_s_address_are_not_asked_for()
    {
        await using var proxy = await DanteServer.StartAsync();
        var result = await SendAsync(Through(proxy), Sending.Site(new IPEndPoint(IPAddress.IPv6Loopback, _server.Port)));
        Assert.Equal((AttemptOutcome.NoSession, LocalError.NoMailHost), (result.Outcome, result.Error));
    }

    private static void AssertEgressFailed(AttemptResult result) =>
        Assert.Equal((AttemptOutcome.NoSession, LocalError.EgressFailed, null), (result.Outcome, result.Error, result.Reply));

    private static Site Blocked(int number) => Sending.Site(new IPEndPoint(DanteServer.Blocked(number), 25));

    private static Egress Through(DanteServer proxy, EgressCredentials? credentials = null) => new(7, "mta7.example.com", DanteServer.Outside)
    {
        Kind = new EgressKind.Socks5(new MxHost("127.0.0.1", 0, proxy.EndPoint.Port) { IsRouted = true }, credentials),
    };

    private Task<AttemptResult> SendAsync(Egress egress, Site site, OutboundMail? mail = null) =>
        _pool.SendAsync(egress, site, mail ?? Sending.Mail(), TestContext.Current.CancellationToken);

    /// <summary>A port whose line is full: the kernel lets further connections wait without an answer.</summary>
    private sealed class SilentPort : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _waiting = [];

        public SilentPort()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _waiting.Add(socket);
                _ = socket.ConnectAsync(EndPoint).ContinueWith(task => _ = task.Exception, TaskScheduler.Default);
            }
        }

        public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

        public void Dispose()
        {
            _waiting.ForEach(socket => socket.Dispose());
            _listener.Dispose();
        }
    }
}
