using System.Text;
using EnhancedMta.BounceMails;
using EnhancedMta.Bounces;

namespace EnhancedMta.Tests.BounceMails;

/// <summary>Mails as servers write them, in our own words and with nobody's addresses.</summary>
internal static class Mails
{
    public const string Path = "b-4711@bounce.example.org";

    /// <summary>The message that comes back in most of them.</summary>
    public const string Original = """
        Return-Path: <b-4711@bounce.example.org>
        Received: from out.example.org (out.example.org [192.0.2.7])
            by relay.example.net with ESMTP id 77
            for <anna@example.com>; Tue, 3 Nov 2026 10:00:00 +0100
        From: Shop <news@example.org>
        To: anna@example.com
        Subject: Autumn offers
        Message-ID: <42.autumn@example.org>
        MIME-Version: 1.0

        Dear Anna, your order could not be delivered to ghost@example.net because of an error.
        """;

    public static Task<BounceMail> ReadAsync(string mail, string? envelopeRecipient = null) => ReadAsync(Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n")), envelopeRecipient);

    public static Task<BounceMail> ReadAsync(byte[] mail, string? envelopeRecipient = null) =>
        BounceMailReader.ReadAsync(new MemoryStream(mail), envelopeRecipient, TestContext.Current.CancellationToken);

    /// <summary>A notice in plain text.</summary>
    public static string Notice(string text, string from = "MAILER-DAEMON@relay.example.net", string subject = "failure notice", string headers = "") =>
        $"Return-Path: <>\nFrom: {from}\nTo: {Path}\nSubject: {subject}\nDate: Tue, 3 Nov 2026 10:00:05 +0100\nMessage-ID: <n1@relay.example.net>\n"
        + (headers.Length > 0 ? headers + "\n" : "") + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + text + "\n";

    /// <summary>A notification of RFC 3464's form.</summary>
    public static string Status(string fields, string text = "Your message could not be delivered.", string returned = Original, string returnedType = "message/rfc822") => $"""
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@relay.example.net>
        To: {Path}
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <n2@relay.example.net>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="part"

        --part
        Content-Type: text/plain; charset=utf-8

        {text}

        --part
        Content-Type: message/delivery-status

        {fields}

        --part
        Content-Type: {returnedType}

        {returned}
        --part--

        """;

    public static async Task<ReportedRecipient> OnlyAsync(string mail, BounceMailKind kind = BounceMailKind.Dsn)
    {
        var read = await ReadAsync(mail);
        Assert.Equal(kind, read.Kind);
        return Assert.Single(read.Recipients);
    }
}
