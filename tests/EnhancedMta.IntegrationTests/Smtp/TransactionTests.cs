using System.Text;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.Smtp;

namespace EnhancedMta.IntegrationTests.Smtp;

/// <summary>One message over one session: what is sent, and what each answer makes of it.</summary>
public sealed class TransactionTests : IAsyncDisposable
{
    private readonly ScriptedSmtpServer _server = ScriptedSmtpServer.Start();
    private readonly TestPool _pool = Sending.Pool();

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_arrives_octet_by_octet(bool isPipelining)
    {
        if (!isPipelining)
            _server.Extensions = ["SIZE 1000000", "8BITMIME"];
        var text = "From: a@example.com\r\nX:  odd \t\r\n\r\n.\r\n..a\r\n\u00e9\u0000\r\n" + new string('x', 200_000) + "\r\n.\r\n\r\n";
        var result = await _pool.SendAsync(_server, Sending.Mail(text) with { EightBit = true });
        Assert.Equal(AttemptOutcome.Accepted, result.Outcome);
        Assert.Equal(new SmtpReply(250, new EnhancedStatusCode(2, 0, 0), "2.0.0 Queued", SmtpCommand.EndOfData), result.Reply);
        Assert.Equal(_server.EndPoint.ToString(), result.RemoteAddress);
        Assert.Equal("127.0.0.1", result.MxHost);
        Assert.Null(result.Tls);
        Assert.True(result.Duration > TimeSpan.Zero);
        var mail = Assert.Single(_server.Mails);
        Assert.Equal(text, mail.Text);
        Assert.Equal($"MAIL FROM:<bounce+1@example.com> SIZE={text.Length} BODY=8BITMIME", mail.MailLine);
        Assert.Equal("RCPT TO:<b@example.net>", mail.RcptLine);
        Assert.Contains("EHLO mta.example.com", _server.Commands);
    }

    [Fact]
    public async Task A_server_without_extensions_gets_no_parameters()
    {
        _server.Extensions = [];
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server, Sending.Mail("a"))).Outcome);
        var mail = Assert.Single(_server.Mails);
        Assert.Equal("MAIL FROM:<bounce+1@example.com>", mail.MailLine);
        Assert.Equal("a\r\n", mail.Text);
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData(null)]
    public async Task Eight_bit_data_goes_to_no_server_that_does_not_take_it(string? extension)
    {
        _server.Extensions = extension is null ? [] : [extension];
        if (extension is null)
            _server.Script = step => step.Line.StartsWith("EHLO", StringComparison.Ordinal) ? SmtpAct.Reply("502 5.5.1 What?") : null;
        var result = await _pool.SendAsync(_server, Sending.Mail("\u00e9") with { EightBit = true });
        Assert.Equal((AttemptOutcome.NotSendable, LocalError.EightBitNotOffered), (result.Outcome, result.Error));
        Assert.DoesNotContain(_server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task Seven_bit_data_is_not_announced_as_anything_else()
    {
        await _pool.SendAsync(_server);
        Assert.DoesNotContain("BODY", Assert.Single(_server.Mails).MailLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SIZE 0")]
    [InlineData("SIZE 99999999999")]
    [InlineData("SIZE many")]
    public async Task A_size_without_a_limit_is_none_and_the_message_s_is_told_all_the_same(string extension)
    {
        _server.Extensions = [extension];
        var text = new string('x', 100_000) + "\r\n";
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server, Sending.Mail(text))).Outcome);
        Assert.Equal($"MAIL FROM:<bounce+1@example.com> SIZE={text.Length}", Assert.Single(_server.Mails).MailLine);
    }

    [Fact]
    public async Task An_old_server_is_greeted_with_helo()
    {
        _server.Script = step => step.Line.StartsWith("EHLO", StringComparison.Ordinal) ? SmtpAct.Reply("502 5.5.1 What?") : null;
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
    }

    [Fact]
    public async Task An_address_with_utf8_goes_with_smtputf8()
    {
        var mail = Sending.Mail(recipient: "j\u00f8rgen@xn--bcher-kva.example") with { NeedsSmtpUtf8 = true };
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server, mail)).Outcome);
        var received = Assert.Single(_server.Mails);
        Assert.EndsWith(" SMTPUTF8", received.MailLine, StringComparison.Ordinal);
        Assert.Equal(mail.Recipient, received.Recipient);
    }

    [Theory]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("example.net")]
    public async Task An_ascii_address_goes_as_it_is_to_a_server_with_smtputf8(string domain)
    {
        await _pool.SendAsync(_server, Sending.Mail(recipient: $"\"a >b\"@{domain}"));
        var received = Assert.Single(_server.Mails);
        Assert.Equal($"RCPT TO:<\"a >b\"@{domain}>", received.RcptLine);
        Assert.DoesNotContain("SMTPUTF8", received.MailLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_not_sendable_and_the_session_lives_on()
    {
        _server.Extensions = ["SIZE 100", "PIPELINING"];
        var utf8 = await _pool.SendAsync(_server, Sending.Mail() with { NeedsSmtpUtf8 = true });
        Assert.Equal((AttemptOutcome.NotSendable, LocalError.SmtpUtf8NotOffered), (utf8.Outcome, utf8.Error));
        var large = await _pool.SendAsync(_server, Sending.Mail(new string('x', 99)));
        Assert.Equal((AttemptOutcome.NotSendable, LocalError.LargerThanOffered), (large.Outcome, large.Error));
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server, Sending.Mail(new string('x', 98)))).Outcome);
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task A_line_end_in_an_address_never_reaches_the_wire()
    {
        var result = await _pool.SendAsync(_server, Sending.Mail(recipient: "a@example.net>\r\nRCPT TO:<victim@example.org"));
        Assert.Equal((AttemptOutcome.NotSendable, LocalError.Internal), (result.Outcome, result.Error));
        Assert.DoesNotContain(_server.Commands, command => command.StartsWith("RCPT", StringComparison.Ordinal));
    }

    public static TheoryData<SmtpPhase, SmtpCommand, bool> Refusals
    {
        get
        {
            var data = new TheoryData<SmtpPhase, SmtpCommand, bool>();
            foreach (var isPipelining in new[] { true, false })
            {
                data.Add(SmtpPhase.Mail, SmtpCommand.MailFrom, isPipelining);
                data.Add(SmtpPhase.Rcpt, SmtpCommand.RcptTo, isPipelining);
                data.Add(SmtpPhase.Data, SmtpCommand.Data, isPipelining);
                data.Add(SmtpPhase.EndOfData, SmtpCommand.EndOfData, isPipelining);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_keeps_the_server_s_words_and_the_session(SmtpPhase phase, SmtpCommand command, bool isPipelining)
    {
        if (!isPipelining)
            _server.Extensions = [];
        foreach (var code in new[] { 450, 550 })
        {
            _server.Script = step => step.Phase == phase ? SmtpAct.Reply($"{code}-{code / 100}.7.1 First\u00e9", $"{code} {code / 100}.7.1 second") : null;
            var result = await _pool.SendAsync(_server);
            Assert.Equal(AttemptOutcome.Refused, result.Outcome);
            Assert.Equal(new SmtpReply(code, new EnhancedStatusCode(code / 100, 7, 1), $"{code / 100}.7.1 First\u00e9\n{code / 100}.7.1 second", command), result.Reply);
            Assert.Null(result.Error);
        }
        Assert.Empty(_server.Mails);
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
        Assert.Equal(1, _server.Connections);
        Assert.Single(_server.Mails);
    }

    [Fact]
    public async Task A_server_that_goes_ahead_without_a_recipient_gets_an_empty_message()
    {
        _server.Script = step => step.Phase switch
        {
            SmtpPhase.Rcpt => SmtpAct.Reply("550 5.1.1 User unknown"),
            SmtpPhase.Data => SmtpAct.Reply("354 Go ahead"),
            SmtpPhase.EndOfData => SmtpAct.Reply("554 5.5.1 No valid recipients"),
            _ => null,
        };
        var result = await _pool.SendAsync(_server);
        Assert.Equal((AttemptOutcome.Refused, SmtpCommand.RcptTo, 550), (result.Outcome, result.Reply!.Command, result.Reply.Code));
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
        Assert.Equal((1, 1), (_server.Connections, _server.Mails.Count));
    }

    [Fact]
    public async Task A_refusal_stands_when_the_server_closes_after_it()
    {
        _server.Script = step => step.Phase == SmtpPhase.Mail ? SmtpAct.ReplyAndClose("554 5.7.1 Go away") : null;
        var result = await _pool.SendAsync(_server);
        Assert.Equal((AttemptOutcome.Refused, 554), (result.Outcome, result.Reply!.Code));
        _server.Script = _ => null;
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(_server)).Outcome);
    }

    [Theory]
    [InlineData(SmtpPhase.Connect, SmtpCommand.Greeting)]
    [InlineData(SmtpPhase.Ehlo, SmtpCommand.Ehlo)]
    [InlineData(SmtpPhase.Mail, SmtpCommand.MailFrom)]
    [InlineData(SmtpPhase.Rcpt, SmtpCommand.RcptTo)]
    [InlineData(SmtpPhase.Data, SmtpCommand.Data)]
    [InlineData(SmtpPhase.EndOfData, SmtpCommand.EndOfData)]
    public async Task A_421_anywhere_is_no_session(SmtpPhase phase, SmtpCommand command)
    {
        _server.Script = step => step.Phase == phase ? SmtpAct.ReplyAndClose("421 4.7.0 Too many connections") : null;
        var result = await _pool.SendAsync(_server);
        Assert.Equal(AttemptOutcome.NoSession, result.Outcome);
        Assert.Equal(new SmtpReply(421, new EnhancedStatusCode(4, 7, 0), "4.7.0 Too many connections", command), result.Reply);
        Assert.Equal(0, _pool.OpenConnections);
    }

    [Theory]
    [InlineData(SmtpPhase.Connect, SmtpCommand.Greeting)]
    [InlineData(SmtpPhase.Ehlo, SmtpCommand.Ehlo)]
    public async Task A_refused_session_keeps_the_server_s_words(SmtpPhase phase, SmtpCommand command)
    {
        _server.Script = step => step.Phase == phase ? SmtpAct.Reply("554-5.7.1 Blocked", "554 5.7.1 see https://example.net") : null;
        var result = await _pool.SendAsync(_server);
        Assert.Equal(AttemptOutcome.NoSession, result.Outcome);
        Assert.Equal(new SmtpReply(554, new EnhancedStatusCode(5, 7, 1), "5.7.1 Blocked\n5.7.1 see https://example.net", command), result.Reply);
        Assert.Null(result.Error);
    }

    public static TheoryData<SmtpPhase, string, AttemptOutcome, LocalError> Faults
    {
        get
        {
            var data = new TheoryData<SmtpPhase, string, AttemptOutcome, LocalError>();
            foreach (var phase in new[] { SmtpPhase.Connect, SmtpPhase.Ehlo, SmtpPhase.Mail, SmtpPhase.Rcpt, SmtpPhase.Data, SmtpPhase.MidData, SmtpPhase.EndOfData })
            {
                var outcome = phase == SmtpPhase.EndOfData ? AttemptOutcome.InDoubt : AttemptOutcome.NoSession;
                data.Add(phase, "close", outcome, LocalError.ConnectionLost);
                data.Add(phase, "abort", outcome, LocalError.ConnectionLost);
                // A server that stalls in mid data still reads, and so has all of it; garbage is found when an answer is awaited.
                var outcomeAtEnd = phase == SmtpPhase.MidData ? AttemptOutcome.InDoubt : outcome;
                data.Add(phase, "stall", outcomeAtEnd, LocalError.ReplyTimeout);
                data.Add(phase, "garbage", outcomeAtEnd, LocalError.ProtocolViolation);
                data.Add(phase, "endless", outcome, phase == SmtpPhase.MidData ? LocalError.ReplyTimeout : LocalError.ProtocolViolation);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_connection_is_in_doubt_only_after_the_last_octet(SmtpPhase phase, string fault, AttemptOutcome outcome, LocalError error)
    {
        var act = fault switch
        {
            "close" => SmtpAct.Close,
            "abort" => SmtpAct.Abort,
            "garbage" => SmtpAct.Raw("?\r\n"u8.ToArray()),
            "endless" => SmtpAct.Endless,
            _ => SmtpAct.Stall,
        };
        _server.Script = step => step.Phase == phase ? act : null;
        // More than the buffers of a connection hold, so that the data cannot be out when its first line is read.
        var mail = phase == SmtpPhase.MidData ? Sending.Mail("a\r\n" + new string('x', 19_000_000) + "\r\n") : Sending.Mail();
        await using var pool = Sending.Pool(new() { Timeouts = fault is "stall" or "endless" ? Sending.Impatient : new() });
        var result = await pool.SendAsync(_server, mail);
        Assert.Equal((outcome, error), (result.Outcome, result.Error!.Value));
        Assert.Null(result.Reply);
        Assert.NotEmpty(result.Detail!);
        Assert.Equal(0, pool.OpenConnections);
    }

    [Fact]
    public async Task A_refusal_in_mid_data_is_heard()
    {
        _server.Script = step => step.Phase == SmtpPhase.MidData ? SmtpAct.ReplyAndClose("552 5.3.4 Too big") : null;
        var result = await _pool.SendAsync(_server, Sending.Mail("a\r\n" + new string('x', 19_000_000)));
        Assert.Equal((AttemptOutcome.Refused, 552, SmtpCommand.EndOfData), (result.Outcome, result.Reply!.Code, result.Reply.Command));
    }

    [Fact]
    public async Task Cancelling_in_mid_message_closes_the_session()
    {
        using var cancellation = new CancellationTokenSource();
        _server.Script = step =>
        {
            if (step.Phase != SmtpPhase.Rcpt)
                return null;
            cancellation.Cancel();
            return SmtpAct.Stall;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _pool.SendAsync(Sending.Egress, Sending.Site(_server), Sending.Mail(), cancellation.Token));
        Assert.Equal(0, _pool.OpenConnections);
        await Sending.UntilAsync(() => _server.OpenConnections == 0);
    }

    [Fact]
    public async Task Cancelling_after_the_last_octet_still_hears_the_answer()
    {
        using var cancellation = new CancellationTokenSource();
        _server.Script = step =>
        {
            if (step.Phase == SmtpPhase.EndOfData)
                cancellation.Cancel();
            return null;
        };
        Assert.Equal(AttemptOutcome.Accepted, (await _pool.SendAsync(Sending.Egress, Sending.Site(_server), Sending.Mail(), cancellation.Token)).Outcome);
    }

    [Fact]
    public async Task Cancelling_after_the_last_octet_is_in_doubt_when_no_answer_comes()
    {
        using var cancellation = new CancellationTokenSource();
        _server.Script = step =>
        {
            if (step.Phase != SmtpPhase.EndOfData)
                return null;
            cancellation.Cancel();
            return SmtpAct.Stall;
        };
        await using var pool = Sending.Pool(new() { Timeouts = new() { Farewell = TimeSpan.FromMilliseconds(200) } });
        var result = await pool.SendAsync(Sending.Egress, Sending.Site(_server), Sending.Mail(), cancellation.Token);
        Assert.Equal(AttemptOutcome.InDoubt, result.Outcome);
    }

    [Fact]
    public async Task The_text_of_a_reply_is_made_valid_and_cut()
    {
        _server.Script = step => step.Phase == SmtpPhase.Rcpt
            ? SmtpAct.Raw([.. "550 5.1.1 \0\e[31m"u8, 0xE9, .. Encoding.ASCII.GetBytes(new string('x', 5000)), .. "\r\n"u8])
            : null;
        var text = (await _pool.SendAsync(_server)).Reply!.Text;
        Assert.Equal(SmtpReply.MaxTextLength, text.Length);
        Assert.StartsWith("5.1.1   [31m\u00e9xxx", text, StringComparison.Ordinal);
    }
}
