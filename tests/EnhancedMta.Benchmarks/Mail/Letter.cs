using System.Globalization;
using System.Text;

namespace EnhancedMta.Benchmarks.Mail;

/// <summary>
/// One mail of a marketing delivery as Campaign hands it over: HTML, mostly the same words for everybody, a tenth of the lines the
/// recipient's own. In it stand <c>{number}</c>, <c>{name}</c>, <c>{run}</c> and <c>{line}</c>, which a <see cref="LetterTemplate"/> fills.
/// </summary>
internal static class Letter
{
    public const string SenderDomain = "sender.test";
    public const string Sender = "news@" + SenderDomain;
    public const string RecipientDomain = "recipients.test";

    /// <summary>Characters of a filled <c>{line}</c>.</summary>
    public const int LineLength = 70;

    private const int LinesPerOwnLine = 10;

    public const string MessageIdHeader = "Message-ID: <{number}.{run}@" + SenderDomain + ">\r\n";

    /// <summary>Header and body, lines ended by CRLF.</summary>
    /// <param name="size">Octets of a filled letter, give or take a name's length.</param>
    /// <param name="moreHeaders">Further lines for the header, each with its end.</param>
    public static string Text(int size, string moreHeaders)
    {
        var words = new Words();
        var letter = new StringBuilder(size + 1024);
        letter.Append(CultureInfo.InvariantCulture, $$"""
            From: News of the week <{{Sender}}>
            To: {name} <u{number}@{{RecipientDomain}}>
            Subject: {name}, what this week has for you
            Date: Tue, 24 Nov 2026 08:00:00 +0000
            Reply-To: Customer service <reply@{{SenderDomain}}>
            List-Unsubscribe: <https://{{SenderDomain}}/unsubscribe/{number}>
            MIME-Version: 1.0
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: 7bit

            """).Replace("\n", "\r\n").Append(moreHeaders).Append("\r\n");
        letter.Append("<html>\r\n<body>\r\n<p>Dear {name},</p>\r\n");
        for (var line = 1; letter.Length < size - LineLength - 20; line++)
        {
            letter.Append(line % 5 == 1 ? "<p>" : "").Append(line % LinesPerOwnLine == 2 ? "{line}" : words.Line(LineLength)).Append("\r\n");
            // The placeholder is shorter than what it stands for.
            if (line % LinesPerOwnLine == 2)
                size -= LineLength - "{line}".Length;
        }
        return letter.Append("</body>\r\n</html>\r\n").ToString();
    }
}
