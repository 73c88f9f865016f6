using System.Text;
using EnhancedMta.Ingestion;
using MimeKit;

namespace EnhancedMta.Tests.Ingestion;

public sealed class MimeReencodingTests
{
    private const string Head = "From: a@shop.example\r\nSubject: s\r\nX-Keep:  exactly   so\r\n";
    private const string Long = "a very long line of words without any end of line in sight, as templates make them; ";

    [Theory]
    [InlineData("")]
    [InlineData("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n")]
    [InlineData("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n")]
    [InlineData("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n")]
    [InlineData("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n")]
    public async Task Raw_utf8_text_becomes_7_bit_and_reads_the_same(string fields)
    {
        var message = await Relay.ReadMimeAsync(Head + fields + "\r\nÉté à la plage\r\n");
        var parsed = Check7Bit(message);
        Assert.Equal("Été à la plage\r\n", parsed.TextBody!.ReplaceLineEndings("\r\n"));
        Assert.Equal("utf-8", parsed.Body!.ContentType.Charset);
        Assert.NotNull(parsed.MimeVersion);
        Assert.Contains("X-Keep:  exactly   so\r\n", message.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7bit")]
    [InlineData("quoted-printable")]
    [InlineData("base64")]
    public async Task Overlong_lines_are_encoded_and_read_the_same(string encoding)
    {
        var html = string.Concat(Enumerable.Repeat(Long, 50));
        var body = encoding == "base64" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(html)) : html;
        var message = await Relay.ReadMimeAsync(Head + $"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n");
        Assert.Equal(html, Check7Bit(message).HtmlBody!.TrimEnd('\r', '\n'));
    }

    [Fact]
    public async Task Every_part_is_encoded_with_its_headers_and_nested_messages()
    {
        const string mime = Head + """
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=m

            préambule
            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8

            Été
            --a
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: 8bit

            <p>Été</p>
            --a--
            --m
            Content-Type: application/pdf; name="été.pdf"
            Content-Disposition: attachment; filename="été.pdf"
            Content-Transfer-Encoding: base64

            AAAA
            --m
            Content-Type: message/rfc822

            From: b@other.example
            Subject: Été

            Intérieur
            --m--
            épilogue

            """;
        var parsed = Check7Bit(await Relay.ReadMimeAsync(mime));
        Assert.Equal("Été", parsed.TextBody);
        Assert.Equal("<p>Été</p>", parsed.HtmlBody);
        Assert.Equal("été.pdf", parsed.Attachments.OfType<MimePart>().Single().FileName);
        var inner = ((Multipart)parsed.Body!).OfType<MessagePart>().Single().Message!;
        Assert.Equal("Été", inner.Subject);
        Assert.Equal("Intérieur", inner.TextBody!.TrimEnd());
    }

    [Fact]
    public async Task A_signed_body_is_not_altered_but_flagged()
    {
        var mime = Signed("Été");
        var message = await Relay.ReadMimeAsync(mime);
        Assert.True(message.EightBit);
        Assert.EndsWith(mime[mime.IndexOf("\r\n\r\n", StringComparison.Ordinal)..], message.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_body_with_overlong_lines_is_rejected() =>
        Assert.Contains("longer than 998", await Relay.ReadMimeErrorAsync(Signed(string.Concat(Enumerable.Repeat(Long, 50)))), StringComparison.Ordinal);

    [Fact]
    public async Task A_line_of_998_octets_passes_and_one_of_999_is_encoded()
    {
        Assert.EndsWith("\r\n\r\n" + new string('a', 998) + "\r\n", (await Relay.ReadMimeAsync(Head + "\r\n" + new string('a', 998))).Text(), StringComparison.Ordinal);
        Assert.Contains("quoted-printable", (await Relay.ReadMimeAsync(Head + "\r\n" + new string('a', 999))).Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mail_that_grows_past_the_limit_by_encoding_is_rejected()
    {
        var limits = new IngestionLimits { MaxMessage = 10_000 };
        var line = Relay.Line("1", mime: Head + "\r\n" + string.Concat(Enumerable.Repeat("é\r\n", 2_400)));
        Assert.Contains("larger than 10000", Assert.IsType<RejectedLine>(Assert.Single(await Relay.ReadAsync(line, limits: limits))).Error, StringComparison.Ordinal);
    }

    private static string Signed(string text) => (Head + $"""
        MIME-Version: 1.0
        Content-Type: multipart/signed; boundary=s; micalg=pgp-sha256; protocol="application/pgp-signature"

        --s
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        {text}
        --s
        Content-Type: application/pgp-signature

        -----BEGIN PGP SIGNATURE-----
        --s--

        """).ReplaceLineEndings("\r\n");

    private static MimeMessage Check7Bit(IncomingMessage message)
    {
        Assert.False(message.EightBit);
        Assert.True(Ascii.IsValid(message.Content.Span));
        Assert.All(message.Text().Split("\r\n"), line => Assert.True(line.Length <= 998));
        Assert.DoesNotContain('\n', message.Text().Replace("\r\n", ""));
        return MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
    }
}
