using System.Net;
using EnhancedMta.Egresses;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Smtp;
using EnhancedMta.Sites;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Egresses;

/// <summary>What a SOCKS5 proxy may answer (RFC 1928) and what a broken one does answer.</summary>
public sealed class HostileProxyTests
{
    private static readonly EgressCredentials Credentials = new("user", "password");
    private static readonly byte[] Open = [5, 0];

    public static TheoryData<byte, LocalError> Codes => new()
    {
        { 1, LocalError.EgressFailed },
        { 2, LocalError.EgressFailed },
        { 3, LocalError.ConnectFailed },
        { 4, LocalError.ConnectFailed },
        { 5, LocalError.ConnectRefused },
        { 6, LocalError.ConnectTimeout },
        { 7, LocalError.EgressFailed },
        { 8, LocalError.EgressFailed },
        { 99, LocalError.EgressFailed },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task The_reply_code_tells_whose_fault_it_is(byte code, LocalError error)
    {
        await using var proxy = ScriptedProxy.Start(true, Open, [5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
        var health = Sending.Health();
        var result = await SendAsync(proxy, health);
        Assert.Equal((AttemptOutcome.NoSession, error, null), (result.Outcome, result.Error, result.Reply));
        Assert.Contains($"proxy 127.0.0.1:{proxy.EndPoint.Port}", result.Detail, StringComparison.Ordinal);
        // One target is no proof.
        Assert.Null(health.Find(Through(proxy)));
    }

    public static TheoryData<string, byte[][], bool> Faults => new()
    {
        { "closes at once", [], true },
        { "is no SOCKS5", ["HTTP/1.1 400\r\n"u8.ToArray()], true },
        { "is SOCKS4", [[0, 91]], true },
        { "accepts no method", [[5, 255]], true },
        { "wants a method that was not offered", [[5, 1]], false },
        { "closes when we log in", [[5, 2]], true },
        { "refuses the user", [[5, 2], [1, 1]], true },
        { "refuses the user with an odd version", [[5, 2], [5, 255]], true },
        { "answers the request with nonsense", [Open, [4, 0, 0, 1, 0, 0, 0, 0, 0, 0]], true },
        { "answers with an address of an unknown type", [Open, [5, 0, 0, 9, 0, 0]], true },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_proxy_that_is_none_is_set_aside(string fault, byte[][] answers, bool closes)
    {
        await using var proxy = ScriptedProxy.Start(closes, answers);
        var health = Sending.Health();
        var result = await SendAsync(proxy, health);
        Assert.True(result is { Outcome: AttemptOutcome.NoSession, Error: LocalError.EgressFailed, Reply: null }, $"{fault}: {result}");
        Assert.NotNull(health.Find(Through(proxy)));
        Assert.DoesNotContain("password", result.Detail!.Replace("user name and password", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var connections = proxy.Connections;
        await SendAsync(proxy, health);
        Assert.Equal(connections, proxy.Connections);
    }

    [Fact]
    public async Task A_proxy_that_is_silent_before_it_lets_us_in_is_the_egress_s_fault_and_after_it_the_target_s()
    {
        await using var mute = ScriptedProxy.Start(false);
        await using var slow = ScriptedProxy.Start(false, Open);
        var timeouts = new SmtpTimeouts { Connect = TimeSpan.FromMilliseconds(500) };
        Assert.Equal(LocalError.EgressFailed, (await SendAsync(mute, Sending.Health(), timeouts)).Error);
        Assert.Equal(LocalError.ConnectTimeout, (await SendAsync(slow, Sending.Health(), timeouts)).Error);
    }

    [Theory]
    [InlineData(new byte[] { 5, 0, 0, 1, 127, 0, 0, 1, 0, 25 })]
    [InlineData(new byte[] { 5, 0, 0, 3, 4, 0x61, 0x2E, 0x64, 0x65, 0, 25 })]
    [InlineData(new byte[] { 5, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 25 })]
    public async Task A_greeting_right_behind_the_reply_is_the_server_s(byte[] reply)
    {
        await using var proxy = ScriptedProxy.Start(true, [5, 2], [1, 0], [.. reply, .. "554 5.7.1 Go away\r\n"u8]);
        var result = await SendAsync(proxy, Sending.Health());
        Assert.Equal((AttemptOutcome.NoSession, null, 554, SmtpCommand.Greeting), (result.Outcome, result.Error, result.Reply?.Code, result.Reply?.Command));
    }

    private static Egress Through(ScriptedProxy proxy) => new(7, "mta7.example.com", IPAddress.Loopback)
    {
        Kind = new EgressKind.Socks5(new MxHost("127.0.0.1", 0, proxy.EndPoint.Port) { IsRouted = true }, Credentials),
    };

    private static async Task<AttemptResult> SendAsync(ScriptedProxy proxy, EgressHealth health, SmtpTimeouts? timeouts = null)
    {
        await using var pool = Sending.Pool(new() { Timeouts = timeouts ?? new() }, health: health);
        return await pool.SendAsync(Through(proxy), Sending.Site(new IPEndPoint(IPAddress.Loopback, 25)), Sending.Mail(), TestContext.Current.CancellationToken);
    }
}
