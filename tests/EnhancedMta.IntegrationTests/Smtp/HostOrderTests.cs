using System.Net;
using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>Which of a site's hosts is spoken to, and what is said when there is none.</summary>
public sealed class HostOrderTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _first = ScriptedSmtpServer.Start();
    private readonly ScriptedSmtpServer _second = ScriptedSmtpServer.Start();
    private readonly FakeTimeProvider _time = new();
    private readonly TestPool _pool;

    public HostOrderTests() => _pool = Sending.Pool(new() { Timeouts = new() { Command = TimeSpan.FromSeconds(2) }, MaxMessagesPerConnection = 1 }, _time);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task The_preferred_host_comes_first()
    {
        for (var i = 0; i < 10; i++)
            await SendAsync(Sending.Site(_first.EndPoint, _second.EndPoint));
        Assert.Equal((10, 0), (_first.Mails.Count, _second.Mails.Count));
    }

    [Fact]
    public async Task Hosts_of_equal_preference_share_the_sessions()
    {
        var site = Site.Of([Host(_first.EndPoint, 10), Host(_second.EndPoint, 10)]);
        for (var i = 0; i < 40; i++)
            await SendAsync(site);
        Assert.InRange(_first.Mails.Count, 5, 35);
        Assert.Equal(40, _first.Mails.Count + _second.Mails.Count);
    }

    [Fact]
    public async Task A_host_that_refuses_connections_gives_way_to_the_next()
    {
        var result = await SendAsync(Sending.Site(Sending.ClosedPort(), _second.EndPoint));
        Assert.Equal((AttemptOutcome.Accepted, _second.EndPoint.ToString()), (result.Outcome, result.RemoteAddress));
    }

    [Theory]
    [InlineData("close")]
    [InlineData("stall")]
    [InlineData("garbage")]
    public async Task A_host_that_does_not_speak_smtp_gives_way_to_the_next(string fault)
    {
        _first.Script = step => step.Phase == SmtpPhase.Connect
            ? fault switch { "close" => SmtpAct.Close, "stall" => SmtpAct.Stall, _ => SmtpAct.Raw("hello\r\n"u8.ToArray()) }
            : null;
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(Sending.Site(_first.EndPoint, _second.EndPoint))).Outcome);
        Assert.Single(_second.Mails);
    }

    [Fact]
    public async Task A_host_that_failed_is_tried_last_for_two_minutes()
    {
        _first.Script = step => step.Phase == SmtpPhase.Connect ? SmtpAct.Close : null;
        var site = Sending.Site(_first.EndPoint, _second.EndPoint);
        await SendAsync(site);
        Assert.Equal(1, _first.Connections);
        await SendAsync(site);
        Assert.Equal(1, _first.Connections);
        _time.Advance(TimeSpan.FromMinutes(2));
        _first.Script = _ => null;
        await SendAsync(site);
        Assert.Equal((1, 2), (_first.Mails.Count, _second.Mails.Count));
    }

    [Fact]
    public async Task A_host_that_refuses_the_session_ends_the_try_and_is_tried_last_next_time()
    {
        _first.Script = step => step.Phase == SmtpPhase.Connect ? SmtpAct.ReplyAndClose("421 4.3.2 Busy") : null;
        var site = Sending.Site(_first.EndPoint, _second.EndPoint);
        var refused = await SendAsync(site);
        Assert.Equal((AttemptOutcome.NoSession, 421), (refused.Outcome, refused.Reply!.Code));
        Assert.Equal(0, _second.Connections);
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(site)).Outcome);
        Assert.Single(_second.Mails);
    }

    [Fact]
    public async Task Without_a_host_that_listens_there_is_no_session_and_all_tries_are_told()
    {
        IPEndPoint[] closed = [Sending.ClosedPort(), Sending.ClosedPort()];
        var result = await SendAsync(Sending.Site(closed));
        Assert.Equal((AttemptOutcome.NoSession, LocalError.ConnectRefused), (result.Outcome, result.Error));
        Assert.Equal(closed[1].ToString(), result.RemoteAddress);
        Assert.All(closed, port => Assert.Contains(port.ToString(), result.Detail!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_more_than_six_addresses_are_tried()
    {
        var result = await SendAsync(Sending.Site([.. Enumerable.Range(0, 7).Select(_ => Sending.ClosedPort()), _second.EndPoint]));
        Assert.Equal(AttemptOutcome.NoSession, result.Outcome);
        Assert.Equal(0, _second.Connections);
    }

    [Fact]
    public async Task A_local_address_that_is_not_ours_is_the_egress_s_fault()
    {
        var foreign = new Egress(9, "mta.example.com", IPAddress.Parse("192.0.2.1"));
        var result = await _pool.SendAsync(foreign, Sending.Site(_first), Sending.Mail(), default);
        Assert.Equal((AttemptOutcome.NoSession, LocalError.EgressFailed), (result.Outcome, result.Error));
    }

    [Fact]
    public async Task A_host_without_an_address_of_the_egress_s_family_cannot_be_reached()
    {
        var result = await _pool.SendAsync(new Egress(9, "mta.example.com", IPAddress.IPv6Loopback), Sending.Site(_first), Sending.Mail(), default);
        Assert.Equal((AttemptOutcome.NoSession, LocalError.NoMailHost), (result.Outcome, result.Error));
        Assert.Equal(0, _first.Connections);
    }

    [Fact]
    public async Task Ipv6_is_spoken()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6)
            Assert.Skip("This machine has no IPv6.");
        await using var server = ScriptedSmtpServer.Start(IPAddress.IPv6Loopback);
        Assert.Equal(AttemptOutcome.Accepted, (await SendAsync(Sending.Site(server))).Outcome);
    }

    private Task<AttemptResult> SendAsync(Site site) => _pool.SendAsync(Sending.Egress, site, Sending.Mail(), TestContext.Current.CancellationToken);

    private static MxHost Host(IPEndPoint address, int preference) => new(address.Address.ToString(), preference, address.Port) { IsRouted = true };
}
