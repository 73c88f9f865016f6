using EnhancedMta.Bounces;
using EnhancedMta.Smtp;

namespace EnhancedMta.Tests.BounceMails;

public sealed class DeliveryStatusTests
{
    private const string Anna = """
        Reporting-MTA: dns; relay.example.net
        Arrival-Date: Tue, 3 Nov 2026 10:00:00 +0100

        Original-Recipient: rfc822;anna@example.com
        Final-Recipient: rfc822; anna@inner.example.com
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; store.example.com
        Diagnostic-Code: smtp; 550 5.1.1 <anna@inner.example.com>: Recipient address
            rejected: User unknown
        """;

    [Fact]
    public async Task Fields_and_diagnostic_make_the_report()
    {
        var mail = await Mails.ReadAsync(Mails.Status(Anna), "b-9@bounce.example.org");
        Assert.Equal(BounceMailKind.Dsn, mail.Kind);
        Assert.Equal("42.autumn@example.org", mail.OriginalMessageId);
        Assert.Equal("n2@relay.example.net", mail.Id);
        Assert.Equal(["b-9@bounce.example.org", Mails.Path, "news@example.org"], mail.ReturnPaths);
        var unknown = new EnhancedStatusCode(5, 1, 1);
        Assert.Equal(new ReportedRecipient
        {
            Kind = BounceReportKind.Failed,
            Address = "anna@example.com",
            Action = "failed",
            Status = unknown,
            RemoteMta = "store.example.com",
            Reply = new SmtpReply(550, unknown, "5.1.1 <anna@inner.example.com>: Recipient address rejected: User unknown", SmtpCommand.Unknown),
        }, Assert.Single(mail.Recipients));
    }

    [Theory]
    [InlineData("text/rfc822-headers")]
    [InlineData("message/global-headers")]
    [InlineData("message/global")]
    [InlineData("message/rfc822-headers")]
    [InlineData("text/rfc822-header")]
    public async Task The_message_id_is_read_from_whatever_came_back(string type) =>
        Assert.Equal("42.autumn@example.org", (await Mails.ReadAsync(Mails.Status(Anna, returnedType: type))).OriginalMessageId);

    [Fact]
    public async Task Several_recipients_keep_their_own_answers()
    {
        var mail = await Mails.ReadAsync(Mails.Status(Anna + """


            Final-Recipient: rfc822;<bert@example.com>
            Action: Delayed (will be tried until Friday)
            Status: 4.2.2 (mailbox full)

            Final-Recipient: RFC822 ; carla@example.com
            Action: expanded
            Status: 2.1.9

            Final-Recipient: dora@example.com
            Action: relayed
            Status: 2.1.9
            """));
        Assert.Equal([BounceReportKind.Failed, BounceReportKind.Delayed, BounceReportKind.Delivered, BounceReportKind.Delivered], mail.Recipients.Select(r => r.Kind));
        Assert.Equal(["anna@example.com", "bert@example.com", "carla@example.com", "dora@example.com"], mail.Recipients.Select(r => r.Address));
        Assert.Equal("mailbox full", mail.Recipients[1].Reply!.Text);
        Assert.Equal(new EnhancedStatusCode(4, 2, 2), mail.Recipients[1].Reply!.Status);
        Assert.Null(mail.Recipients[2].Reply);
    }

    [Theory]
    [InlineData("rfc822; anna@example.com", "anna@example.com")]
    [InlineData("RFC822;<anna@example.com>", "anna@example.com")]
    [InlineData("anna@example.com", "anna@example.com")]
    [InlineData("LOCAL; <anna@example.com>", "anna@example.com")]
    [InlineData("rfc822; \"anna@example.com\"", "anna@example.com")]
    [InlineData("rfc822;anna+2Bnews@example.com", "anna+news@example.com")]
    [InlineData("rfc822;anna+3Dnews@example.com", "anna=news@example.com")]
    [InlineData("utf-8; \\x{E9}lodie@example.com", "élodie@example.com")]
    [InlineData("utf-8; élodie@example.com", "élodie@example.com")]
    [InlineData("rfc822; Anna Example <anna@example.com>", "anna@example.com")]
    [InlineData("rfc822; anna@example.com (Anna)", "anna@example.com")]
    public async Task The_address_is_found_in_any_spelling(string field, string address) =>
        Assert.Equal(address, (await Mails.OnlyAsync(Mails.Status($"Reporting-MTA: dns; x.example\n\nFinal-Recipient: {field}\nAction: failed\nStatus: 5.0.0\n"))).Address);

    [Theory]
    [InlineData("x400; /S=anna/OU=shop/PRMD=example/C=gb/")]
    [InlineData("LOCAL; anna")]
    public async Task A_final_recipient_that_is_no_address_leaves_the_original_one(string final) =>
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(Mails.Status($"Final-Recipient: {final}\nOriginal-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.0.0\n"))).Address);

    [Fact]
    public async Task The_sender_is_not_its_own_recipient() =>
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(Mails.Status($"Original-Recipient: rfc822; {Mails.Path}\nFinal-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.0.0\n"))).Address);

    [Theory]
    [InlineData("Reporting-MTA: dns; x.example\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; b@example.com\nAction: failed\nStatus: 5.1.1\n")]
    [InlineData("Action: failed\nFinal-Recipient: rfc822; a@example.com\nStatus: 5.1.1\nAction: failed\nFinal-Recipient: rfc822; b@example.com\nStatus: 5.1.1\n")]
    [InlineData("Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; a@example.com\n\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@example.com\n\nAction: failed\nStatus: 5.1.1\n")]
    [InlineData("Reporting-MTA: dns; x.example\nAction: failed\n\nFinal-Recipient: rfc822; a@example.com\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@example.com\nStatus: 5.1.1\n")]
    public async Task Blank_lines_may_be_missing_or_too_many(string fields)
    {
        var mail = await Mails.ReadAsync(Mails.Status(fields));
        Assert.Equal(["a@example.com", "b@example.com"], mail.Recipients.Select(r => r.Address));
        Assert.All(mail.Recipients, r => Assert.Equal(("failed", new EnhancedStatusCode(5, 1, 1)), (r.Action, r.Status)));
    }

    [Fact]
    public async Task Groups_of_the_same_recipient_are_one()
    {
        var recipient = await Mails.OnlyAsync(Mails.Status("""
            Final-Recipient: rfc822; anna@example.com
            Action: delayed
            Status: 4.0.0

            Final-Recipient: rfc822; Anna@example.com
            Action: failed
            Status: 5.2.2
            Diagnostic-Code: smtp; 552 5.2.2 Mailbox over quota
            """));
        Assert.Equal((BounceReportKind.Failed, "5.2.2 Mailbox over quota"), (recipient.Kind, recipient.Reply!.Text));
    }

    [Theory]
    [InlineData("X-Postfix; unknown user: \"anna\"", 0, "unknown user: \"anna\"")]
    [InlineData("smtp; 552-5.2.2 The mailbox is full\n 552 5.2.2 Try next year", 552, "5.2.2 The mailbox is full 5.2.2 Try next year")]
    [InlineData("X-Notes; Recipient's mail file is over its quota", 0, "Recipient's mail file is over its quota")]
    [InlineData("X-PowerMTA-Bounce; 554 spam content found", 554, "spam content found")]
    [InlineData("550 no such mailbox; see the manual", 550, "no such mailbox; see the manual")]
    [InlineData("smtp; host mx.example.com[192.0.2.5] said: 550 5.7.1 Blocked by policy", 550, "5.7.1 Blocked by policy")]
    public async Task Diagnostics_of_any_type_are_words(string diagnostic, int code, string text)
    {
        var recipient = await Mails.OnlyAsync(Mails.Status($"Final-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: {diagnostic}\n"));
        Assert.Equal(code, recipient.Reply!.Code);
        Assert.Equal(text, recipient.Reply.Text.Replace('\n', ' '));
    }

    [Theory]
    [InlineData("smtp; 550 5.1.1")]
    [InlineData("X-Unix; 67")]
    [InlineData("smtp;")]
    public async Task A_diagnostic_without_words_is_completed_from_the_text(string diagnostic)
    {
        var recipient = await Mails.OnlyAsync(Mails.Status($"Final-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: {diagnostic}\n",
            "   ----- The following addresses had permanent fatal errors -----\n<anna@example.com>\n    (reason: 550 5.1.1 This mailbox was closed in spring)\n"));
        Assert.Contains("closed in spring", recipient.Reply!.Text, StringComparison.Ordinal);
        Assert.Equal(550, recipient.Reply.Code);
    }

    [Fact]
    public async Task Of_a_reply_of_several_lines_the_text_gives_those_that_the_field_left_out()
    {
        var recipient = await Mails.OnlyAsync(Mails.Status("Final-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.7.26\nDiagnostic-Code: SMTP; 550-5.7.26 This mail was refused because the\n",
            """
               ----- Transcript of session follows -----
            ... while talking to mx.example.com.:
            >>> DATA
            <<< 550-5.7.26 This mail was refused because the
            <<< 550 5.7.26 domain's DMARC policy asks for it
            554 5.0.0 <anna@example.com>... Service unavailable
            """));
        Assert.Contains("DMARC policy", recipient.Reply!.Text, StringComparison.Ordinal);
        Assert.Equal((SmtpCommand.Data, "mx.example.com"), (recipient.Reply.Command, recipient.RemoteMta));
    }

    [Fact]
    public async Task What_the_text_says_of_the_command_is_the_replys_command()
    {
        var recipient = await Mails.OnlyAsync(Mails.Status(Anna, "<anna@inner.example.com>: host store.example.com[192.0.2.5] said: 550 5.1.1\n    <anna@inner.example.com>: Recipient address rejected: User unknown (in reply to\n    RCPT TO command)\n"));
        Assert.Equal(SmtpCommand.RcptTo, recipient.Reply!.Command);
        Assert.EndsWith("User unknown", recipient.Reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message/global-delivery-status")]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream; name=x")]
    public async Task Fields_are_found_under_other_types(string type)
    {
        var mail = Mails.Status(Anna, "A message was not delivered to these recipients:\n\nanna@example.com\nUser unknown").Replace("Content-Type: message/delivery-status", "Content-Type: " + type);
        Assert.Equal("anna@example.com", (await Mails.OnlyAsync(mail)).Address);
    }

    [Fact]
    public async Task A_whole_notification_inside_a_message_is_found()
    {
        var forwarded = "Return-Path: <boss@example.org>\nFrom: boss@example.org\nTo: help@example.org\nSubject: Fwd: look\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\nSee below.\n--outer\nContent-Type: message/rfc822\n\n"
            + Mails.Status(Anna) + "\n--outer--\n";
        var mail = await Mails.ReadAsync(forwarded);
        Assert.Equal((BounceMailKind.Dsn, "anna@example.com", "42.autumn@example.org"), (mail.Kind, Assert.Single(mail.Recipients).Address, mail.OriginalMessageId));
        Assert.Contains(Mails.Path, mail.ReturnPaths);
    }

    [Fact]
    public async Task A_boundary_that_the_header_does_not_name_is_found()
    {
        var mail = await Mails.ReadAsync(Mails.Status(Anna).Replace("boundary=\"part\"", "boundary=\"lost\""));
        Assert.Equal(("anna@example.com", "42.autumn@example.org"), (Assert.Single(mail.Recipients).Address, mail.OriginalMessageId));
    }

    [Fact]
    public async Task A_receipt_says_that_the_message_arrived()
    {
        var receipt = Mails.Status("Original-Recipient: rfc822;anna@example.com\nFinal-Recipient: rfc822;anna@inner.example.com\nOriginal-Message-ID: <42.autumn@example.org>\nDisposition: manual-action/MDN-sent-manually; displayed\n")
            .Replace("message/delivery-status", "message/disposition-notification").Replace("Content-Type: message/rfc822", "Content-Type: application/x-nothing");
        var mail = await Mails.ReadAsync(receipt);
        Assert.Equal((BounceReportKind.Delivered, "anna@example.com", "42.autumn@example.org"), (Assert.Single(mail.Recipients).Kind, mail.Recipients[0].Address, mail.OriginalMessageId));
    }
}
