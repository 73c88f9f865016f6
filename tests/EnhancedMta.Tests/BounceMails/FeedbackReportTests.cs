using EnhancedMta.Bounces;

namespace EnhancedMta.Tests.BounceMails;

public sealed class FeedbackReportTests
{
    private static string Report(string fields, string returned = Mails.Original, string returnedType = "message/rfc822") =>
        Mails.Status(fields, "This is an email abuse report.", returned, returnedType).Replace("report-type=delivery-status", "report-type=feedback-report")
            .Replace("message/delivery-status", "message/feedback-report").Replace("MAILER-DAEMON@relay.example.net", "fbl@example.net");

    [Theory]
    [InlineData("abuse", BounceReportKind.Complaint)]
    [InlineData("fraud", BounceReportKind.Complaint)]
    [InlineData("virus", BounceReportKind.Complaint)]
    [InlineData("other", BounceReportKind.Complaint)]
    [InlineData("never-heard-of", BounceReportKind.Complaint)]
    [InlineData("opt-out", BounceReportKind.Unsubscribe)]
    [InlineData("opt-out-list", BounceReportKind.Unsubscribe)]
    [InlineData("not-spam", BounceReportKind.Other)]
    [InlineData("auth-failure", BounceReportKind.Other)]
    public async Task The_feedback_type_says_what_it_is(string type, BounceReportKind kind)
    {
        var mail = await Mails.ReadAsync(Report($"Feedback-Type: {type}\nUser-Agent: Some/1.0\nVersion: 1\nOriginal-Mail-From: <b-1@bounce.example.org>\nOriginal-Rcpt-To: <anna@example.com>\n"));
        var recipient = Assert.Single(mail.Recipients);
        Assert.Equal((BounceMailKind.Arf, kind, "anna@example.com", "42.autumn@example.org"), (mail.Kind, recipient.Kind, recipient.Address, mail.OriginalMessageId));
        Assert.Contains("b-1@bounce.example.org", mail.ReturnPaths);
        Assert.Contains(Mails.Path, mail.ReturnPaths);
    }

    [Fact]
    public async Task All_recipients_of_a_report_are_read() =>
        Assert.Equal(["anna@example.com", "bert@example.com"], (await Mails.ReadAsync(Report("Feedback-Type: abuse\nOriginal-Rcpt-To: anna@example.com\nOriginal-Rcpt-To: bert@example.com\n"))).Recipients.Select(r => r.Address));

    [Theory]
    [InlineData("Original-Rcpt-To: redacted@example.com")]
    [InlineData("Original-Rcpt-To: xxxx@example.com")]
    [InlineData("User-Agent: Some/1.0")]
    public async Task A_recipient_that_was_blacked_out_is_one_all_the_same(string field)
    {
        var mail = await Mails.ReadAsync(Report($"Feedback-Type: abuse\n{field}\n", "Return-Path: <b-4711@bounce.example.org>\nX-EMTA-Message: b-4711@bounce.example.org\nFrom: news@example.org\nTo: undisclosed-recipients:;\nMessage-ID: <42.autumn@example.org>\n\nHi"));
        Assert.Equal(BounceReportKind.Complaint, Assert.Single(mail.Recipients).Kind);
        Assert.Null(mail.Recipients[0].Address);
        Assert.Equal("42.autumn@example.org", mail.OriginalMessageId);
    }

    [Theory]
    [InlineData("X-Apparently-To: anna@example.com; Tue, 3 Nov 2026 10:00:00 +0000\nTo: list@example.org")]
    [InlineData("Received: from a by b with SMTP id 1 for <anna@example.com>; Tue, 3 Nov 2026 10:00:00 +0000\nTo: one@example.org, two@example.org")]
    [InlineData("To: Anna <anna@example.com>")]
    public async Task The_returned_header_tells_whom_the_report_does_not_name(string header) =>
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(Report("Feedback-Type: abuse\nVersion: 1\n", header + "\nSubject: x\n\nHi"), BounceMailKind.Arf)).Address);

    [Fact]
    public async Task Microsofts_junk_reports_have_the_recipient_in_the_returned_header()
    {
        var mail = "Return-Path: <staff@hotmail.com>\nFrom: staff@hotmail.com\nTo: fbl@example.org\nSubject: complaint about message from 192.0.2.7\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: <anna@example.com>\n"
            + Mails.Original + "\n--o--\n";
        Assert.Equal((BounceReportKind.Complaint, "anna@example.com"), await Mails.OnlyAsync(mail, BounceMailKind.Arf) is var r ? (r.Kind, r.Address) : default);
    }

    [Fact]
    public async Task Forwarded_complaints_of_the_old_form_are_complaints()
    {
        var mail = "From: scomp@aol.net\nTo: fbl@example.org\nSubject: Email Feedback Report for IP 192.0.2.7\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\nSee the attachment.\n--o\nContent-Type: message/rfc822\n\n" + Mails.Original + "\n--o--\n";
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(mail, BounceMailKind.Arf)).Address);
    }

    [Fact]
    public async Task A_report_whose_fields_are_in_the_text_is_one() =>
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(Mails.Notice("Feedback-Type: abuse\nUser-Agent: Gateway/1\nOriginal-Rcpt-To: anna@example.com\n", "abuse@example.net", "FW: abuse"), BounceMailKind.Arf)).Address);

    [Fact]
    public async Task An_aggregate_report_is_about_nobody()
    {
        var mail = await Mails.ReadAsync("From: dmarc@example.net\nTo: dmarc@example.org\nSubject: Report Domain: example.org Submitter: example.net Report-ID: <7>\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\nUEsDBA==\n");
        Assert.Equal(BounceMailKind.Arf, mail.Kind);
        Assert.Empty(mail.Recipients);
    }
}
