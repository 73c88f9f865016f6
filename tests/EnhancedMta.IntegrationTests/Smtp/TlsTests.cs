using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>Opportunistic STARTTLS (RFC 7435).</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly FakeTimeProvider _time = new();
    private readonly TestPool _pool;

    public TlsTests() => _pool = Sending.Pool(new() { Timeouts = new() { Command = TimeSpan.FromSeconds(2) }, MaxMessagesPerConnection = 2 }, _time);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Tls_is_used_where_it_is_offered_whatever_the_certificate()
    {
        _server.Tls = SmtpTls.Works;
        var text = "a\r\n.\r\n" + new string('x', 300_000) + "\r\n";
        for (var i = 0; i < 3; i++)
        {
            var result = await _pool.SendAsync(_server, Sending.Mail(text));
            Assert.Equal(AttemptOutcome.Accepted, result.Outcome);
            Assert.Matches("^Tls1[23] TLS_", result.Tls);
        }
        Assert.All(_server.Mails, mail => Assert.Equal((true, text), (mail.IsTls, mail.Text)));
        Assert.Equal(2, _server.Connections);
        // EHLO once more after TLS (RFC 3207 §4.2).
        Assert.Equal(4, _server.Commands.Count(command => command.StartsWith("EHLO", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(SmtpTls.Refused)]
    [InlineData(SmtpTls.Breaks)]
    public async Task Where_tls_fails_mail_goes_in_clear_and_the_host_is_remembered_for_a_while(SmtpTls tls)
    {
        _server.Tls = tls;
        for (var i = 0; i < 4; i++)
        {
            var result = await _pool.SendAsync(_server);
            Assert.Equal((AttemptOutcome.Accepted, null), (result.Outcome, result.Tls));
        }
        Assert.Single(_server.Commands, command => command == "STARTTLS");
        _time.Advance(TimeSpan.FromMinutes(10));
        _server.Tls = SmtpTls.Works;
        Assert.NotNull((await _pool.SendAsync(_server)).Tls);
    }

    [Fact]
    public async Task A_server_that_stalls_in_the_handshake_is_spoken_to_in_clear()
    {
        _server.Tls = SmtpTls.Works;
        _server.Script = step => step is { Phase: SmtpPhase.StartTls, Connection: 1 } ? SmtpAct.Stall : null;
        var result = await _pool.SendAsync(_server);
        Assert.Equal((AttemptOutcome.Accepted, null), (result.Outcome, result.Tls));
    }

    [Fact]
    public async Task A_refusal_over_tls_is_heard()
    {
        _server.Tls = SmtpTls.Works;
        _server.Script = step => step.Phase == SmtpPhase.Rcpt ? SmtpAct.Reply("550 5.1.1 No") : null;
        var result = await _pool.SendAsync(_server);
        Assert.Equal((AttemptOutcome.Refused, SmtpCommand.RcptTo), (result.Outcome, result.Reply!.Command));
        Assert.NotNull(result.Tls);
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task A_connection_over_tls_that_the_server_closed_while_idle_costs_no_message()
    {
        _server.Tls = SmtpTls.Works;
        _server.Script = step => step.Phase == SmtpPhase.EndOfData ? SmtpAct.ReplyAndClose("250 2.0.0 Queued") : null;
        for (var i = 0; i < 5; i++)
            Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
    }

    /// <summary>CVE-2011-0411, the client's side: who sits on the line writes replies behind the 220, for the client to take for the server's over TLS.</summary>
    [Fact]
    public async Task What_was_slipped_in_behind_the_answer_to_starttls_is_not_taken_for_an_answer_over_tls()
    {
        _server.Tls = SmtpTls.Works;
        _server.Script = step => step.Phase switch
        {
            SmtpPhase.StartTls => SmtpAct.Reply("220 2.0.0 Go ahead", "250 mx.injected.example", "250 2.1.0 OK", "250 2.1.5 OK", "354 Go ahead", "250 2.0.0 Taken, says the injected one"),
            SmtpPhase.Rcpt => SmtpAct.Reply("550 5.1.1 The server itself knows no such user"),
            _ => null,
        };
        var result = await _pool.SendAsync(_server);
        Assert.NotEqual(AttemptOutcome.Accepted, result.Outcome);
        Assert.DoesNotContain("injected", $"{result.Reply?.Text} {result.Detail}", StringComparison.Ordinal);
    }
}
