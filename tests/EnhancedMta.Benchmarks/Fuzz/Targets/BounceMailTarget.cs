using EnhancedMta.BounceMails;

namespace EnhancedMta.Benchmarks.Fuzz.Targets;

/// <summary>A mail that came back, of whatever form.</summary>
internal sealed class BounceMailTarget() : FuzzTarget("bounce-mails", weight: 20, maxLength: 100_000)
{
    private const string Path = "b-4711@bounce.example.org";

    private const string Head = "Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.example.net\r\nTo: " + Path + "\r\nSubject: failure notice\r\nMessage-ID: <n1@relay.example.net>\r\nMIME-Version: 1.0\r\n";

    private const string Returned = "\r\n--part\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <" + Path + ">\r\nFrom: Shop <news@example.org>\r\nTo: anna@example.com\r\nMessage-ID: <42.autumn@example.org>\r\n\r\nDear Anna\r\n--part--\r\n";

    public override IReadOnlyList<byte[]> Seeds { get; } = Octets(
        Head + "Content-Type: text/plain; charset=utf-8\r\n\r\nHi. This is the qmail-send program at relay.example.net.\r\n\r\n<anna@example.com>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.1.1 no such user\r\nGiving up on 192.0.2.1.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <" + Path + ">\r\nMessage-ID: <42.autumn@example.org>\r\n",
        Head + "Content-Type: multipart/report; report-type=delivery-status; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n--part\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example.net\r\nArrival-Date: Tue, 3 Nov 2026 10:00:00 +0100\r\n\r\nFinal-Recipient: rfc822; anna@example.com\r\nOriginal-Recipient: rfc822;anna@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.com\r\nDiagnostic-Code: smtp; 550 5.1.1 <anna@example.com> unknown\r\n" + Returned,
        Head + "Content-Type: multipart/report; report-type=feedback-report; boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n--part\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nUser-Agent: x/1\r\nOriginal-Rcpt-To: anna@example.com\r\nOriginal-Mail-From: <" + Path + ">\r\n" + Returned,
        Head + "Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><p>could not be delivered to <a href=3D\"mailto:anna@example.com\">anna</a>: 550 =E9</p></body></html>\r\n",
        Head + "Auto-Submitted: auto-replied\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nSSBhbSBvdXQgb2Ygb2ZmaWNlCg==\r\n",
        Head + "Content-Type: text/plain\r\n\r\nThis message was created automatically by mail delivery software.\r\n\r\n  anna@example.com\r\n    SMTP error from remote mail server after RCPT TO:<anna@example.com>:\r\n    host mx.example.com [192.0.2.1]: 550 no such user\r\n",
        Head + "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n   ----- The following addresses had permanent fatal errors -----\r\n<anna@example.com>\r\n    (expanded from: <anna@example.com>)\r\n\r\n   ----- Transcript of session follows -----\r\n... while talking to mx.example.com.:\r\n>>> RCPT To:<anna@example.com>\r\n<<< 550 5.1.1 unknown\r\n550 5.1.1 <anna@example.com>... User unknown\r\n");

    public override IReadOnlyList<byte[]> Words { get; } = Octets(
        "\r\n", "\r\n\r\n", "\n", "\r", "--part\r\n", "--part--\r\n", "Content-Type: message/rfc822\r\n\r\n", "Content-Type: multipart/mixed; boundary=part\r\n\r\n", "charset=utf-16", "charset=utf-7", "charset=iso-2022-jp", "\u001b$B", "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n", "=\r\n", "=E9", "<", ">", "@", "\"", ":", ";", "(", ")", "<anna@example.com>:", ">>> RCPT TO:<", "<<< 550-", "550 5.1.1 ", "Action: ", "Status: 5.999.999", "(expanded from: <a@b>)", "\0", "=?utf-8?B?", "=?utf-8?Q?=", "?=", "From: ", "\\x{110000}",
        "----- Original message -----\r\n", "&#x110000;", "<!--", "<script>", "boundary=\"\"", "boundary*0*=utf-8''", "%ff");

    public override void Read(byte[] input, Random random)
    {
        using var mail = new MemoryStream(input);
        var read = BounceMailReader.ReadAsync(mail, random.Next(2) == 0 ? Path : null, CancellationToken.None).GetAwaiter().GetResult();
        Hold(read.Recipients.Count <= 100, "recipients without bounds");
        Hold(read.Recipients.All(recipient => recipient.Address is null or { Length: > 0 and <= 320 }), "an address without bounds");
    }
}
