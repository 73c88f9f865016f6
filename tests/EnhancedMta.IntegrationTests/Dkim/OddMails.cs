using System.Globalization;
using System.Text;

namespace EnhancedMta.IntegrationTests.Dkim;

/// <summary>Mails that are signed wrongly by whoever gets a rule of canonicalisation wrong. As Campaign may send them, before ingestion.</summary>
internal static class OddMails
{
    public const string SenderDomain = "sender.example";

    private const string Head = $"From: News <news@{SenderDomain}>\r\nTo: a@recipients.example\r\nSubject: Hello\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\n";

    /// <summary>Each with its name, which is also its local part: only those that have letters beyond ASCII there need SMTPUTF8.</summary>
    public static IReadOnlyList<(string Name, byte[] Mail)> All { get; } =
    [
        ("plain", Latin1(Head + "\r\nHello\r\n")),
        ("empty-body", Latin1(Head + "\r\n")),
        ("no-body", Latin1(Head)),
        ("empty-lines-only", Latin1(Head + "\r\n\r\n\r\n\r\n")),
        ("trailing-blank-lines", Latin1(Head + "\r\nHello\r\n\r\n\r\n\r\n")),
        ("trailing-white-space-lines", Latin1(Head + "\r\nHello\r\n  \r\n\t\r\n \t \r\n")),
        ("leading-blank-lines", Latin1(Head + "\r\n\r\n\r\nHello\r\n\r\n\r\nagain\r\n")),
        ("no-last-line-end", Latin1(Head + "\r\nHello")),
        ("white-space-at-the-end", Latin1(Head + "\r\nHello \t")),
        ("runs-of-white-space", Latin1(Head + "\r\na  b\t\tc \t d  \r\n  e\r\n\tf\r\n \r\ng\t\r\n")),
        ("lone-line-feeds", Latin1(Head.Replace("\r\n", "\n", StringComparison.Ordinal) + "\nHello\nthere\n\n")),
        ("lone-carriage-returns", Latin1(Head + "\r\none\rtwo\r\n\rthree \r four\r\r\n")),
        ("mixed-line-ends", Latin1(Head + "\r\none\ntwo\r\nthree\rfour\n\r\n")),
        ("dots-at-line-start", Latin1(Head + "\r\n.\r\n..\r\n.a\r\n...b\r\n . \r\n")),
        ("dot-between-line-feeds", Latin1(Head + "\r\nbefore\n.\nafter\n.\r\nlast\r\n")),
        ("folded-fields", Latin1($"From: News\r\n <news@{SenderDomain}>\r\nTo:\r\n\ta@recipients.example\r\nSubject: a\r\n\tb  \r\n   c  \r\nX-Long: {string.Concat(Enumerable.Repeat("word ", 60))}\r\n\r\nx\r\n")),
        ("white-space-in-fields", Latin1($"From:   News   <news@{SenderDomain}>   \r\nTO:a@recipients.example\r\nsubject:\t x   y\t\t z\t\r\nList-ID:  <l.{SenderDomain}> \r\n\r\nx\r\n")),
        ("duplicate-fields", Latin1(Head + "Received: by x\r\nReceived: by y\r\nList-Help: <https://one.example/>\r\nList-Help: <https://two.example/>\r\nX-Tag: a\r\nX-Tag: b\r\n\r\nx\r\n")),
        ("list-fields", Latin1(Head + $"List-Unsubscribe: <https://{SenderDomain}/u?x=1>,\r\n <mailto:u@{SenderDomain}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nReply-To: answers@{SenderDomain}\r\nFeedback-ID: 1:2:3:x\r\n\r\nx\r\n")),
        ("eight-bit-latin", Latin1(Head + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\u00f6\u00fc \u00df\u00a0\u00ff  \r\n")),
        ("eight-bit-utf8", Utf8(Head + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00fc\u00dfe \u2014 \u4f60\u597d \ud83c\udf89\r\n")),
        ("eight-bit-subject", Utf8(Head.Replace("Hello", "Gr\u00fc\u00dfe an alle", StringComparison.Ordinal) + "\r\nx\r\n")),
        ("long-lines", Latin1(Head + $"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{string.Concat(Enumerable.Repeat("<td>a cell</td> ", 400))}\r\n")),
        ("lines-of-998", Latin1(Head + "\r\n" + new string('x', 998) + "\r\n" + string.Concat(Enumerable.Repeat("ab ", 332)) + "\r\n")),
        ("many-lines", Latin1(Head + "\r\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i}  of many \r\n"))))),
        ("attachments", Latin1(Head + Multipart())),
        ("foreign-signature", Latin1("DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=other.example;\r\n\ts=x; h=From; bh=AAAA; b=AAAA\r\n" + Head + "\r\nx\r\n")),
        ("native-signature", Latin1($"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n\td=\r\n\t{SenderDomain}; s=campaign; h=From; bh=AAAA; b=AAAA\r\n" + Head + "\r\nx\r\n")),
        ("j\u00f6rg", Utf8($"From: J\u00f6rg <j\u00f6rg@{SenderDomain}>\r\nTo: j\u00f6rg@recipients.example\r\nSubject: Gr\u00fc\u00dfe  \u4f60\u597d\r\nMessage-ID: <1.\u00fc@{SenderDomain}>\r\n\r\nx\r\n")),
    ];

    private static string Multipart()
    {
        var bytes = new byte[6000];
        new Random(1).NextBytes(bytes);
        var attachment = string.Join("\r\n", Convert.ToBase64String(bytes).Chunk(76).Select(line => new string(line)));
        return $"MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"b 1\"\r\n\r\npreamble  \r\n--b 1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n"
            + "--b2\r\nContent-Type: text/plain\r\n\r\ntext  \r\n-- \r\nsignature\r\n--b2\r\nContent-Type: text/html\r\n\r\n<p>\t html</p>\r\n--b2--\r\n\r\n"
            + $"--b 1\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n filename=\"a b.pdf\"\r\n\r\n{attachment}\r\n--b 1--\r\nepilogue \r\n\r\n";
    }

    private static byte[] Latin1(string mail) => Encoding.Latin1.GetBytes(mail);

    private static byte[] Utf8(string mail) => Encoding.UTF8.GetBytes(mail);
}
