using System.Globalization;
using EnhancedMta.LocalHost.SmartSink;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.IntegrationTests.SmartSink;

public sealed class SmtpSinkServerTests
{
    private const string Domain = "test.example";

    private static readonly SinkReply Greylisted = new(451, "4.7.1", "Greylisted, <{recipient}> may have it in 5 minutes");
    private static readonly SinkReply Full = new(452, "4.2.2", "Mailbox of <{recipient}> is full");
    private static readonly SinkReply Unknown = new(550, "5.1.1", "No <{recipient}> here");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_message_that_is_taken_counts_by_message_id_and_by_recipient()
    {
        await using var sink = await StartAsync();
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));
        foreach (var id in new[] { "<a@x>", "<b@x>", "<b@x>", "<d@x>" })
            Assert.StartsWith("250 2.0.0", await SinkClient.TryAsync(client, $"anna@{Domain}", id), StringComparison.Ordinal);

        var comparison = sink.Ledger.Compare(["<a@x>", "<b@x>", "<c@x>"]);
        Assert.Equal(["<c@x>"], comparison.Lost);
        Assert.Equal(["<b@x>"], comparison.Duplicates);
        Assert.Equal(["<d@x>"], comparison.Unexpected);
        Assert.Equal(2, sink.Ledger.Messages["<b@x>"]);
        Assert.Equal(new RecipientCounts(Accepted: 4), sink.Ledger.Recipients[$"anna@{Domain}"]);
        Assert.Equal(new PersonaCounts(Accepted: 4), sink.Ledger.Personas["test"]);
    }

    [Fact]
    public async Task A_greylisted_recipient_is_taken_once_the_wait_is_over()
    {
        await using var sink = await StartAsync(new RecipientRule("grey", Greylisted) { Prefix = "grey", Tries = 1, Wait = TimeSpan.FromMinutes(5) });
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));

        Assert.Equal("451 4.7.1 Greylisted, <grey1@test.example> may have it in 5 minutes", Status(await SinkClient.TryAsync(client, $"grey1@{Domain}"), "4.7.1"));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.StartsWith("451", await SinkClient.TryAsync(client, $"grey1@{Domain}"), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.StartsWith("250", await SinkClient.TryAsync(client, $"grey1@{Domain}"), StringComparison.Ordinal);
        Assert.StartsWith("451", await SinkClient.TryAsync(client, $"grey2@{Domain}"), StringComparison.Ordinal);
        Assert.Equal(new RecipientCounts(Accepted: 1, Deferred: 2), sink.Ledger.Recipients[$"grey1@{Domain}"]);
    }

    [Fact]
    public async Task Full_mailboxes_are_full_for_some_tries_or_for_ever()
    {
        await using var sink = await StartAsync(
            new RecipientRule("full for now", Full) { Prefix = "busy", Tries = 2 }, new RecipientRule("full", Full with { Code = 552, Status = "5.2.2" }) { Prefix = "full" });
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));

        Assert.StartsWith("452", await SinkClient.TryAsync(client, $"busy@{Domain}"), StringComparison.Ordinal);
        Assert.StartsWith("452", await SinkClient.TryAsync(client, $"busy@{Domain}"), StringComparison.Ordinal);
        Assert.StartsWith("250", await SinkClient.TryAsync(client, $"busy@{Domain}"), StringComparison.Ordinal);
        for (var tries = 0; tries < 10; tries++)
            Assert.StartsWith("552", await SinkClient.TryAsync(client, $"full@{Domain}"), StringComparison.Ordinal);
        Assert.Equal(new PersonaCounts(Accepted: 1, Deferred: 2, Refused: 10), sink.Ledger.Personas["test"]);
    }

    [Fact]
    public async Task A_refusal_after_the_data_takes_nothing()
    {
        await using var sink = await StartAsync(new RecipientRule("policy", Unknown) { Prefix = "strict", AfterData = true });
        var answers = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), Conversation($"strict@{Domain}", "Message-ID: <p@x>\r\n\r\nHello\r\n"));

        Assert.Equal(["220", "250", "250", "250", "354", "550", "221"], Codes(answers));
        Assert.Equal(["<p@x>"], sink.Ledger.Compare(["<p@x>"]).Lost);
    }

    [Fact]
    public async Task A_throttle_of_421_closes_and_lets_nobody_in_until_its_pause_is_over_and_then_takes_twice_as_many()
    {
        await using var sink = await StartAsync(new Throttle(2, TimeSpan.FromMinutes(3), new(421, "4.7.0", "Too fast for a stranger")));
        using (var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain)))
        {
            await SinkClient.TryAsync(client, $"a@{Domain}");
            await SinkClient.TryAsync(client, $"b@{Domain}");
            Assert.StartsWith("421", await SinkClient.TryAsync(client, $"c@{Domain}"), StringComparison.Ordinal);
        }
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("421 4.7.0 Too fast for a stranger\r\n", await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), "EHLO early\r\n"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        using var again = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));
        for (var message = 0; message < 4; message++)
            Assert.StartsWith("250", await SinkClient.TryAsync(again, $"c{message}@{Domain}"), StringComparison.Ordinal);
        Assert.StartsWith("421", await SinkClient.TryAsync(again, $"d@{Domain}"), StringComparison.Ordinal);
        Assert.Equal(new PersonaCounts(Accepted: 6, SessionsRefused: 3), sink.Ledger.Personas["test"]);
    }

    [Fact]
    public async Task Any_other_throttle_refuses_recipients_and_keeps_the_connection()
    {
        await using var sink = await StartAsync(new Throttle(1, TimeSpan.FromMinutes(10), new(451, "4.7.28", "Too many from your address")));
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));

        await SinkClient.TryAsync(client, $"a@{Domain}");
        Assert.StartsWith("451", await SinkClient.TryAsync(client, $"b@{Domain}"), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.StartsWith("250", await SinkClient.TryAsync(client, $"b@{Domain}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_had_its_share_is_closed()
    {
        await using var sink = await StartAsync(Provider() with { MessagesPerConnection = 2 });
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));

        await SinkClient.TryAsync(client, $"a@{Domain}");
        await SinkClient.TryAsync(client, $"a@{Domain}");
        Assert.StartsWith("421", await SinkClient.TryAsync(client, $"a@{Domain}"), StringComparison.Ordinal);
        using var another = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));
        Assert.StartsWith("250", await SinkClient.TryAsync(another, $"a@{Domain}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipelined_group_gets_all_its_answers_in_order()
    {
        await using var sink = await StartAsync(new RecipientRule("unknown", Unknown) { Prefix = "unknown" });
        var answers = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain),
            "HELO me\r\nMAIL FROM:<s@x>\r\nRCPT TO:<unknown@test.example>\r\nDATA\r\nRSET\r\n" +
            "MAIL FROM:<>\r\nRCPT TO:<a@test.example>\r\nRCPT TO:<b@elsewhere.example>\r\nDATA\r\nSubject: x\r\n\r\nHi\r\n.\r\nQUIT\r\n");

        Assert.Equal(["220", "250", "250", "550", "554", "250", "250", "250", "550", "354", "250", "221"], Codes(answers));
    }

    [Fact]
    public async Task Only_a_dot_between_two_crlf_ends_a_message()
    {
        await using var sink = await StartAsync();
        var answers = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), Conversation($"a@{Domain}",
            "Subject: a\r\nMessage-Id:\r\n <folded@x>\r\nDKIM-SIGNATURE: v=1\r\n\r\nbare\n.\nand\n.\r\nand\r\n.\nMessage-ID: <body@x>\r\n"));

        Assert.Equal(["220", "250", "250", "250", "354", "250", "221"], Codes(answers));
        Assert.Equal("<folded@x>", Assert.Single(sink.Ledger.Messages).Key);
        Assert.Equal(1, sink.Ledger.Personas["test"].DkimSigned);
    }

    [Fact]
    public async Task What_is_larger_than_SIZE_is_refused_before_and_after_it_came()
    {
        await using var sink = await SmtpSinkServer.StartAsync(new() { Personas = [Provider()], MaxMessage = 1000 });
        var announced = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), "EHLO me\r\nMAIL FROM:<s@x> SIZE=1001\r\nQUIT\r\n");
        var sent = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), Conversation($"a@{Domain}", new string('x', 200_000) + "\r\n"));

        Assert.Contains("250-SIZE 1000\r\n", announced, StringComparison.Ordinal);
        Assert.Contains("552 5.3.4", announced, StringComparison.Ordinal);
        Assert.Equal(["220", "250", "250", "250", "354", "552", "221"], Codes(sent));
    }

    [Fact]
    public async Task Addresses_beyond_ascii_need_smtputf8_and_domains_of_others_are_not_relayed_for()
    {
        await using var sink = await StartAsync();
        using (var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain)))
        {
            Assert.True(client.Capabilities.HasFlag(SmtpCapabilities.UTF8 | SmtpCapabilities.EightBitMime | SmtpCapabilities.Pipelining | SmtpCapabilities.EnhancedStatusCodes));
            Assert.StartsWith("250", await SinkClient.TryAsync(client, $"jörg@{Domain}"), StringComparison.Ordinal);
            Assert.StartsWith("550", await SinkClient.TryAsync(client, "a@elsewhere.example"), StringComparison.Ordinal);
        }
        var plain = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain), "EHLO me\r\nMAIL FROM:<s@x>\r\nRCPT TO:<jörg@test.example>\r\nQUIT\r\n");
        Assert.Contains("553 5.6.7", plain, StringComparison.Ordinal);
        Assert.Equal(1, sink.Ledger.Recipients[$"jörg@{Domain}"].Accepted);
    }

    [Fact]
    public async Task STARTTLS_starts_over_in_a_session_that_nobody_reads()
    {
        await using var sink = await SmtpSinkServer.StartAsync(new() { Personas = [Provider()], StartTls = true });
        using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain), SecureSocketOptions.StartTls);

        Assert.True(client.IsSecure);
        Assert.StartsWith("250", await SinkClient.TryAsync(client, $"a@{Domain}"), StringComparison.Ordinal);
        await client.DisconnectAsync(quit: true, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Commands_out_of_order_or_unknown_are_refused_without_ending_the_session()
    {
        await using var sink = await StartAsync();
        var answers = await SinkClient.ExchangeAsync(sink.EndPointOf(Domain),
            "MAIL FROM:<s@x>\r\nHELO me\r\nRCPT TO:<a@test.example>\r\nDATA\r\nSTARTTLS\r\nMAIL <s@x>\r\nMAIL FROM:<s@x>\r\nMAIL FROM:<s@x>\r\nRCPT TO:<>\r\nNOOP\r\nQUIT\r\n");

        Assert.Equal(["220", "503", "250", "503", "503", "500", "501", "250", "503", "501", "250", "221"], Codes(answers));
    }

    [Fact]
    public async Task Many_senders_at_once_lose_and_double_nothing()
    {
        await using var sink = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async sender =>
        {
            using var client = await SinkClient.ConnectAsync(sink.EndPointOf(Domain));
            for (var message = 0; message < 20; message++)
                await SinkClient.TryAsync(client, $"r{message}@{Domain}", $"<{sender}.{message}@x>");
        }));

        var comparison = sink.Ledger.Compare(from sender in Enumerable.Range(0, 10) from message in Enumerable.Range(0, 20) select $"<{sender}.{message}@x>");
        Assert.Empty(comparison.Lost);
        Assert.Empty(comparison.Duplicates);
        Assert.Empty(comparison.Unexpected);
    }

    private static Persona Provider(params RecipientRule[] rules) => new("test", "mx.test.example", [Domain]) { Rules = rules };

    private static string Conversation(string to, string data) => $"HELO me\r\nMAIL FROM:<s@x>\r\nRCPT TO:<{to}>\r\nDATA\r\n{data}.\r\nQUIT\r\n";

    private static string[] Codes(string answers) => [.. answers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line[..3])];

    // MailKit takes the enhanced status code out of the text.
    private static string Status(string answer, string status) =>
        answer.Contains(status, StringComparison.Ordinal) ? answer : string.Create(CultureInfo.InvariantCulture, $"{answer[..4]}{status} {answer[4..]}");

    private Task<SmtpSinkServer> StartAsync(params RecipientRule[] rules) => StartAsync(Provider(rules));

    private Task<SmtpSinkServer> StartAsync(Throttle throttle) => StartAsync(Provider() with { Throttle = throttle });

    private Task<SmtpSinkServer> StartAsync(Persona persona) => SmtpSinkServer.StartAsync(new() { Personas = [persona], Clock = _clock });
}
