using System.Text;
using CsCheck;
using EnhancedMta.Bounces;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.Bounces;

public sealed class DeliveryStatusNotificationReaderTests
{
    private const string Notification = """
        Return-Path: <>
        Delivered-To: b-token@bounce.shop.example
        X-Original-To: b-original@bounce.shop.example
        To: Shop <b-to@bounce.shop.example>, other@shop.example
        From: MAILER-DAEMON@mx.example.com
        Subject: Undelivered Mail Returned to Sender
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="r"

        --r
        Content-Type: text/plain

        Your mail could not be delivered.
        --r
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.com
        Arrival-Date: Fri, 4 Sep 2026 10:00:00 +0200

        Final-Recipient: rfc822; jane@inner.example.com
        Original-Recipient: rfc822;jane@example.com
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; store.example.com
        Diagnostic-Code: smtp; 550 5.1.1 <jane@inner.example.com>: Recipient address
            rejected: User unknown

        Final-Recipient: rfc822;joe@example.com
        Action: Delayed
        Status: 4.2.2 (mailbox full)

        --r
        Content-Type: text/rfc822-headers

        From: news@shop.example
        Message-ID: <7.DM42@shop.example>
        Subject: Hi

        --r--

        """;

    [Fact]
    public async Task Each_recipient_is_reported_with_status_and_diagnostic()
    {
        var reading = await ReadAsync(Notification, "b-envelope@bounce.shop.example");
        Assert.Null(reading.NotBecause);
        Assert.Equal(["b-envelope@bounce.shop.example", "b-token@bounce.shop.example", "b-original@bounce.shop.example", "b-to@bounce.shop.example", "other@shop.example"], reading.SentTo);
        Assert.Equal("7.DM42@shop.example", reading.Notification!.OriginalMessageId);
        var (jane, joe) = (reading.Notification.Recipients[0], reading.Notification.Recipients[1]);
        var unknown = new EnhancedStatusCode(5, 1, 1);
        Assert.Equal(new DeliveryStatusRecipient("jane@inner.example.com", "jane@example.com", DeliveryStatusAction.Failed, unknown,
            new SmtpReply(550, unknown, "5.1.1 <jane@inner.example.com>: Recipient address rejected: User unknown", SmtpCommand.Unknown), "store.example.com"), jane);
        Assert.Equal(jane.Diagnostic, jane.Reply);
        var full = new EnhancedStatusCode(4, 2, 2);
        Assert.Equal(new DeliveryStatusRecipient("joe@example.com", null, DeliveryStatusAction.Delayed, full, null, null), joe);
        Assert.Equal(new SmtpReply(450, full, "4.2.2", SmtpCommand.Unknown), joe.Reply);
        Assert.Equal(2, reading.Notification.Recipients.Count);
    }

    [Fact]
    public async Task The_message_id_is_read_from_a_whole_returned_message()
    {
        var reading = await ReadAsync(Notification.Replace("text/rfc822-headers", "message/rfc822"));
        Assert.Equal("7.DM42@shop.example", reading.Notification!.OriginalMessageId);
    }

    [Fact]
    public async Task The_message_id_is_read_from_global_headers()
    {
        var reading = await ReadAsync(Notification.Replace("text/rfc822-headers", "message/global-headers").Replace("message/delivery-status", "message/global-delivery-status")
            .Replace("rfc822; jane@inner.example.com", "utf-8; élodie@inner.example.com"));
        Assert.Equal("7.DM42@shop.example", reading.Notification!.OriginalMessageId);
        Assert.Equal("élodie@inner.example.com", reading.Notification.Recipients[0].FinalRecipient);
    }

    [Fact]
    public async Task A_diagnostic_without_a_status_takes_the_status_field()
    {
        var reading = await ReadAsync(Notification.Replace("smtp; 550 5.1.1 <", "smtp; 550 <"));
        var jane = reading.Notification!.Recipients[0];
        Assert.Null(jane.Diagnostic!.Status);
        Assert.Equal(new EnhancedStatusCode(5, 1, 1), jane.Reply!.Status);
        Assert.StartsWith("<jane@", jane.Reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Postfix; unknown user: \"jane\"")]
    [InlineData("smtp; not a reply")]
    [InlineData("smtp; 250 2.0.0 Ok")]
    [InlineData("smtp;")]
    public async Task A_diagnostic_that_is_no_refusal_leaves_the_status_field(string diagnostic)
    {
        var jane = (await ReadAsync(Notification.Replace("smtp; 550 5.1.1 <jane@inner.example.com>: Recipient address", diagnostic))).Notification!.Recipients[0];
        Assert.Null(jane.Diagnostic);
        Assert.Equal(550, jane.Reply!.Code);
        Assert.Equal(new EnhancedStatusCode(5, 1, 1), jane.Reply.Status);
    }

    [Theory]
    [InlineData("delivered")]
    [InlineData("relayed")]
    [InlineData("expanded")]
    [InlineData("whatever")]
    public async Task What_did_not_fail_has_nothing_to_qualify(string action)
    {
        var jane = (await ReadAsync(Notification.Replace("Action: failed", $"Action: {action}"))).Notification!.Recipients[0];
        Assert.Null(jane.Reply);
    }

    [Fact]
    public async Task A_report_without_the_blank_line_after_its_first_group_still_counts()
    {
        var reading = await ReadAsync(Notification.Replace("Arrival-Date: Fri, 4 Sep 2026 10:00:00 +0200\n\nFinal", "Final").Replace("Arrival-Date: Fri, 4 Sep 2026 10:00:00 +0200\r\n\r\nFinal", "Final"));
        Assert.Equal("jane@inner.example.com", reading.Notification!.Recipients[0].FinalRecipient);
    }

    [Theory]
    [InlineData("", "no message/delivery-status part")]
    [InlineData("Just text", "no message/delivery-status part")]
    [InlineData("From: a@b.example\r\nSubject: Out of office\r\n\r\nBack on Monday", "no message/delivery-status part")]
    [InlineData("Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n--r--\r\n", "feedback report")]
    [InlineData("Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/disposition-notification\r\n\r\nDisposition: displayed\r\n--r--\r\n", "read receipt")]
    [InlineData("Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n\r\n--r--\r\n", "no recipient")]
    [InlineData("Content-Type: multipart/report; boundary=r\r\n\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n--r--\r\n", "no recipient")]
    public async Task Another_mail_is_told_apart(string mail, string why)
    {
        var reading = await ReadAsync(mail);
        Assert.Null(reading.Notification);
        Assert.True(reading.NotBecause?.Contains(why, StringComparison.Ordinal) == true || reading.NotBecause == "it cannot be read as a mail", reading.NotBecause);
    }

    [Fact]
    public async Task A_notification_inside_a_returned_message_is_not_taken_for_this_mails()
    {
        var mail = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + Notification.ReplaceLineEndings("\r\n") + "--o--\r\n";
        Assert.Null((await ReadAsync(mail)).Notification);
    }

    [Fact]
    public async Task Parts_recipients_and_depth_are_bounded()
    {
        var many = "Content-Type: multipart/mixed; boundary=r\r\n\r\n" + string.Concat(Enumerable.Repeat("--r\r\n\r\nx\r\n", 1_000)) + "--r--\r\n";
        Assert.Contains("200 parts", (await ReadAsync(many)).NotBecause, StringComparison.Ordinal);

        var deep = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));
        Assert.Null((await ReadAsync(deep)).Notification);

        var recipients = Notification.ReplaceLineEndings("\n").Replace("Status: 4.2.2 (mailbox full)\n\n", "Status: 4.2.2\n\n" + string.Concat(Enumerable.Repeat("Final-Recipient: rfc822; x@example.com\nAction: failed\n\n", 500)));
        Assert.Equal(100, (await ReadAsync(recipients)).Notification!.Recipients.Count);
    }

    [Fact]
    public async Task A_diagnostic_is_kept_to_its_longest()
    {
        var reading = await ReadAsync(Notification.Replace("User unknown", new string('x', 9_000)));
        Assert.InRange(reading.Notification!.Recipients[0].Diagnostic!.Text.Length, 900, SmtpReply.MaxTextLength);
    }

    [Fact]
    public void Damaged_mail_gives_a_result_and_no_exception()
    {
        var octets = Encoding.UTF8.GetBytes(Notification);
        Gen.Select(Gen.Int[0, octets.Length], Gen.Int[0, octets.Length], Gen.Byte.Array[0, 50]).Sample((from, length, noise) =>
        {
            var to = Math.Min(octets.Length, from + length % 200);
            byte[] mail = [.. octets.AsSpan(0, from), .. noise, .. octets.AsSpan(to)];
            var reading = ReadAsync(mail).GetAwaiter().GetResult();
            Assert.True(reading.Notification is null != (reading.NotBecause is null));
        }, iter: 2_000);
        Gen.Byte.Array[0, 500].Sample(noise => Assert.Null(ReadAsync(noise).GetAwaiter().GetResult().Notification), iter: 1_000);
    }

    private static Task<DeliveryStatusReading> ReadAsync(string mail, string? envelopeRecipient = null) => ReadAsync(Encoding.UTF8.GetBytes(mail), envelopeRecipient);

    private static Task<DeliveryStatusReading> ReadAsync(byte[] mail, string? envelopeRecipient = null) =>
        DeliveryStatusNotificationReader.ReadAsync(new MemoryStream(mail), envelopeRecipient, CancellationToken.None);
}
