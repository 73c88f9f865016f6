using System.Text;
using System.Text.Json;
using EnhancedMta.Bounces;
using EnhancedMta.Feedback;
using EnhancedMta.IntegrationTests.Pipeline;
using EnhancedMta.Qualification;
using EnhancedMta.ReturnPaths;
using EnhancedMta.Smtp;
using Microsoft.Extensions.DependencyInjection;

namespace EnhancedMta.IntegrationTests.Bounces;

/// <summary>What comes back later, of whatever kind, on the whole app.</summary>
public sealed class ReportsTests(AzuriteFixture azurite)
{
    [Fact]
    public async Task A_complaint_is_told_once_and_does_not_undo_the_delivery()
    {
        await using var mta = await DeliveredAsync(2);
        var report = Arf(await mta.ReturnPathAsync("d", "ok1"));
        await mta.BounceAsync(report, source: "arf");
        await mta.BounceAsync(report, source: "arf");
        await mta.BouncesWorkedOffAsync();

        var summary = await mta.SummaryAsync("d");
        Assert.Equal((2, 0, 100.0, 1), (Number(summary, "delivered"), Number(summary, "failed"), summary.GetProperty("successPercent").GetDouble(), Number(summary, "complaints")));
        var complaint = Assert.Single(await Feed.ReadAsync(mta, "d"), e => e.Type == DeliveryEventType.Complaint);
        Assert.Equal(("ok1", (int?)CampaignReason.Denylisted, "Sent", $"ok1@{MtaUnderTest.Domain}"), (complaint.MessageId, complaint.Reason, complaint.Status, complaint.Address));
        Assert.Equal("delivered", (await mta.MessageAsync("d", "ok1")).GetProperty("message").GetProperty("state").GetString());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task An_automatic_answer_is_an_error_ignored_and_changes_nothing_else()
    {
        await using var mta = await DeliveredAsync(1);
        var answer = $"""
            From: ok1@{MtaUnderTest.Domain}
            To: <{await mta.ReturnPathAsync("d", "ok1")}>
            Subject: Out of office: For ok1
            Message-ID: <away-1@recipients.example>
            Auto-Submitted: auto-replied

            I am on holiday until Monday.
            """.ReplaceLineEndings("\r\n");
        await mta.BounceAsync(answer);
        await mta.BounceAsync(answer);
        await mta.BouncesWorkedOffAsync();

        var summary = await mta.SummaryAsync("d");
        Assert.Equal((1, 0), (Number(summary, "delivered"), Number(summary, "failed")));
        var told = Assert.Single(await Feed.ReadAsync(mta, "d"), e => e.Type == DeliveryEventType.OutOfBand);
        Assert.Equal((FailureType.Ignored, (int?)CampaignReason.ErrorIgnored, "Sent"), (told.FailureType, told.Reason, told.Status));
        Assert.Single((await mta.MessageAsync("d", "ok1")).GetProperty("history").EnumerateArray(), e => e.GetProperty("what").GetString() == "autoReply");
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_delay_notice_fails_nothing()
    {
        await using var mta = await DeliveredAsync(1);
        var notice = SampleBounces.Failed(await mta.ReturnPathAsync("d", "ok1"), $"ok1@{MtaUnderTest.Domain}", "4.4.1", "451 4.4.1 No answer from the next host")
            .Replace("Action: failed", "Action: delayed", StringComparison.Ordinal);
        await mta.BounceAsync(notice);
        await mta.BouncesWorkedOffAsync();
        Assert.Equal(1, Number(await mta.SummaryAsync("d"), "delivered"));
        Assert.Single((await mta.MessageAsync("d", "ok1")).GetProperty("history").EnumerateArray(), e => e.GetProperty("what").GetString() == "delayed");
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_bounce_to_elsewhere_finds_its_message_by_our_header_or_message_id_but_only_for_its_own_recipient()
    {
        await using var mta = await DeliveredAsync(3);
        var withHeader = SampleBounces.Failed("postmaster@elsewhere.example", $"ok1@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person")
            .Replace("--part--", $"--part\r\nContent-Type: text/rfc822-headers\r\n\r\n{MessageTag.FieldName}: <{await mta.ReturnPathAsync("d", "ok1")}>\r\nSubject: For ok1\r\n\r\n--part--", StringComparison.Ordinal);
        await mta.BounceAsync(withHeader);
        await mta.BounceAsync(WithMessageId("ok2", "ok2"));
        // Anybody can write a Message-ID: about another address it proves nothing.
        await mta.BounceAsync(WithMessageId("ok3", "somebody"));
        await mta.BouncesWorkedOffAsync();

        Assert.Equal("Failed", Status(await mta.MessageAsync("d", "ok1")));
        Assert.Equal("Failed", Status(await mta.MessageAsync("d", "ok2")));
        Assert.Equal("Sent", Status(await mta.MessageAsync("d", "ok3")));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task A_sealed_message_id_finds_its_message_even_where_every_address_is_blacked_out_and_a_forged_one_does_not()
    {
        await using var mta = await DeliveredAsync(4);
        var seals = mta.Host.Services.GetRequiredService<ReturnPathCodec>();
        // A complaint that names nobody; a bounce of whom the message was forwarded to.
        await mta.BounceAsync(Redacted($"ok1.d.{seals.Seal("d", "ok1")}"), source: "arf");
        await mta.BounceAsync(WithMessageId("ok2", "elsewhere").Replace("ok2.d@", $"ok2.d.{seals.Seal("d", "ok2")}@", StringComparison.Ordinal));
        // Without the seal, or with another message's, neither counts.
        await mta.BounceAsync(Redacted("ok3.d"), source: "arf");
        await mta.BounceAsync(Redacted($"ok3.d.{seals.Seal("d", "ok4")}"), source: "arf");
        await mta.BounceAsync(WithMessageId("ok4", "elsewhere").Replace("ok4.d@", $"ok4.d.{seals.Seal("d", "ok3")}@", StringComparison.Ordinal));
        await mta.BouncesWorkedOffAsync();

        var summary = await mta.SummaryAsync("d");
        Assert.Equal((1, 1), (Number(summary, "complaints"), Number(summary, "failed")));
        Assert.Equal("Failed", Status(await mta.MessageAsync("d", "ok2")));
        Assert.Equal("ok1", Assert.Single(await Feed.ReadAsync(mta, "d"), e => e.Type == DeliveryEventType.Complaint).MessageId);
        await mta.AssertCountersEqualRecountAsync("d");

        string Redacted(string id) => Arf("").Replace($"{MessageTag.FieldName}: <>\r\n", $"Message-ID: <{id}@sender.example>\r\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_came_with_a_message_id_of_its_own_is_found_by_it()
    {
        await using var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = 150 });
        var lines = Enumerable.Range(1, 150).Select(i => JsonSerializer.Serialize(new
        {
            messageId = $"m{i}",
            to = $"m{i}@{MtaUnderTest.Domain}",
            mime = $"From: news@sender.example\r\nMessage-ID: <campaign.{i}@composer.example>\r\nSubject: {i}\r\n\r\nHello\r\n",
        }));
        await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', lines)));
        await mta.SettledAsync("d", waiting: 0);
        foreach (var (id, recipient) in new[] { (7, "m7"), (150, "m150"), (9, "m8"), (999, "m9") })
            await mta.BounceAsync(WithMessageId("", recipient).Replace("<.d@sender.example>", $"<campaign.{id}@composer.example>", StringComparison.Ordinal));
        await mta.BouncesWorkedOffAsync();
        Assert.Equal(2, Number(await mta.SummaryAsync("d"), "failed"));
        Assert.Equal("Failed", Status(await mta.MessageAsync("d", "m7")));
        Assert.Equal("Failed", Status(await mta.MessageAsync("d", "m150")));
    }

    [Fact]
    public async Task A_mailbox_file_is_taken_apart_and_one_broken_mail_spoils_no_other()
    {
        await using var mta = await DeliveredAsync(2);
        var file = new StringBuilder()
            .Append("From MAILER-DAEMON Tue Nov 24 10:00:00 2026\r\n").Append(SampleBounces.Failed(await mta.ReturnPathAsync("d", "ok1"), $"ok1@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person"))
            .Append("\r\nFrom MAILER-DAEMON Tue Nov 24 10:00:01 2026\r\n").Append("Content-Type: multipart/report; boundary=\r\n\r\n--broken")
            .Append("\r\n\r\nFrom MAILER-DAEMON Tue Nov 24 10:00:02 2026\r\n").Append(SampleBounces.Failed(await mta.ReturnPathAsync("d", "ok2"), $"ok2@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person"))
            .ToString();
        var answer = await mta.BounceAsync(file, "application/mbox");
        Assert.Equal(3, answer.GetProperty("ids").GetArrayLength());
        await mta.BounceAsync("no mailbox file", "application/mbox", 400);
        await mta.BouncesWorkedOffAsync();
        Assert.Equal(2, Number(await mta.SummaryAsync("d"), "failed"));
        await mta.AssertCountersEqualRecountAsync("d");
    }

    [Fact]
    public async Task Reports_read_from_a_webhook_go_the_same_way()
    {
        await using var mta = await DeliveredAsync(3);
        var intake = mta.Host.Services.GetRequiredService<BounceIntake>();
        BounceReport[] reports =
        [
            new() { Kind = BounceReportKind.Failed, Source = "test", EventId = "1", ReturnPaths = [await mta.ReturnPathAsync("d", "ok1")], Reply = QuotedReply.Parse("550 5.1.1 No such user") },
            new() { Kind = BounceReportKind.Complaint, Source = "test", EventId = "2", ReturnPaths = [await mta.ReturnPathAsync("d", "ok2")] },
            new() { Kind = BounceReportKind.Failed, Source = "test", EventId = "3", ReturnPaths = [await mta.ReturnPathAsync("d", "ok3")], Claimed = ReplyClass.MailboxFull },
            new() { Kind = BounceReportKind.Failed, Source = "test", EventId = "4", ReturnPaths = ["b-forged@bounces.example"] },
        ];
        await intake.AcceptReportsAsync(reports, TestContext.Current.CancellationToken);
        await intake.AcceptReportsAsync(reports, TestContext.Current.CancellationToken);
        await mta.BouncesWorkedOffAsync();
        var summary = await mta.SummaryAsync("d");
        Assert.Equal((2, 1), (Number(summary, "failed"), Number(summary, "complaints")));
        Assert.Equal(5, (await mta.MessageAsync("d", "ok3")).GetProperty("message").GetProperty("reason").GetInt32());
        await mta.AssertCountersEqualRecountAsync("d");
    }

    private async Task<MtaUnderTest> DeliveredAsync(int count)
    {
        var mta = await MtaUnderTest.StartAsync(azurite, []);
        await mta.DeclareAsync("d", new { expectedSize = count });
        await mta.RelayAsync("d", Enumerable.Range(1, count).Select(i => $"ok{i}"));
        await mta.SettledAsync("d", waiting: 0);
        return mta;
    }

    private static string WithMessageId(string messageId, string recipient) =>
        SampleBounces.Failed("postmaster@elsewhere.example", $"{recipient}@{MtaUnderTest.Domain}", "5.1.1", "550 5.1.1 No such person")
            .Replace("--part--", $"--part\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{messageId}.d@sender.example>\r\nSubject: For {messageId}\r\n\r\n--part--", StringComparison.Ordinal);

    private static string Arf(string returnPath) => $"""
        From: feedback@recipients.example
        To: abuse@sender.example
        Subject: Abuse report
        Message-ID: <fbl-1@recipients.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=feedback-report; boundary="part"

        --part
        Content-Type: text/plain

        This is a report of abuse.
        --part
        Content-Type: message/feedback-report

        Feedback-Type: abuse
        User-Agent: Loop/1.0
        Version: 1

        --part
        Content-Type: text/rfc822-headers

        {MessageTag.FieldName}: <{returnPath}>
        From: News <news@sender.example>
        To: redacted
        Subject: For somebody

        --part--

        """.ReplaceLineEndings("\r\n");

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private static string? Status(JsonElement message) => message.GetProperty("message").GetProperty("status").GetString();
}
