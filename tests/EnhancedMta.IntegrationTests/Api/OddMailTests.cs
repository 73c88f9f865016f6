using System.Globalization;
using System.Text;
using System.Text.Json;
using EnhancedMta.IntegrationTests.Peers;
using EnhancedMta.IntegrationTests.Pipeline;
using MimeKit;

namespace EnhancedMta.IntegrationTests.Api;

/// <summary>
/// Odd mail from Campaign's request, through other people's servers that offer much or nothing, to a last hop that keeps what came.
/// </summary>
public sealed class OddMailTests(AzuriteFixture azurite)
{
    private const string Idn = "bücher.example";
    private const string IdnEncoded = "xn--bcher-kva.example";
    private const string Long = "ein sehr langer Absatz ohne Zeilenende, wie ihn Vorlagen machen: Übergrößenträger; ";

    private const string Signed = """
        From: News <news@sender.example>
        MIME-Version: 1.0
        Content-Type: multipart/signed; boundary=s; micalg=pgp-sha256; protocol="application/pgp-signature"

        --s
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        Été
        --s
        Content-Type: application/pgp-signature

        -----BEGIN PGP SIGNATURE-----
        --s--

        """;

    private static readonly (string Id, string To, string Mime)[] Mails =
    [
        ("smuggle", "smuggle@recipients.example",
            "From: news@sender.example\nSubject: a\n\nbefore\r\n.\n\n.\n\r.\r\n.\r\nMAIL FROM:<a@evil.example>\r.\r\r\nRCPT TO:<b@recipients.example>\r\nDATA\r\n\n.\r\nQUIT\r\n"),
        ("eightbit", "eightbit@recipients.example",
            "From: Élodie <news@sender.example>\nTo: Zoë <eightbit@recipients.example>\nSubject: Été\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>"
            + string.Concat(Enumerable.Repeat(Long, 60)) + "</p>\n"),
        ("bcc", "bcc@recipients.example", "From: news@sender.example\r\nBcc: secret@sender.example,\r\n\tsecret2@sender.example\r\nResent-Bcc:\r\n secret3@sender.example\r\nReturn-Path: <secret@sender.example>\r\n\r\n.\r\n..\r\n.dots"),
        ("idn", $"jane@{Idn}", $"From: news@sender.example\r\nTo: jane@{Idn}\r\n\r\nx\r\n"),
        ("signed", "signed@recipients.example", Signed.ReplaceLineEndings("\r\n")),
        ("utf8", "jørgen@recipients.example", "From: news@sender.example\r\nTo: jørgen@recipients.example\r\n\r\nx\r\n"),
        ("large", "large@recipients.example", "From: news@sender.example\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 1_000))),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Postfix_hands_on_what_campaign_meant(bool offersAll)
    {
        if (PostfixServer.Missing is { } reason)
            Assert.Skip(reason);
        await using var last = ScriptedSmtpServer.Start();
        await using var postfix = await PostfixServer.StartRelayAsync([MtaUnderTest.Domain, IdnEncoded], last.Port, "message_size_limit = 60000"
            + (offersAll ? "" : "\nsmtpd_discard_ehlo_keywords = 8bitmime, smtputf8, size, pipelining, chunking, dsn, enhancedstatuscodes"));
        // Without SIZE it is Postfix that says so, once it has seen too much.
        await RelayAsync(postfix.Port, last, offersAll, large: offersAll ? "local-larger-than-offered" : null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exim_hands_on_what_campaign_meant(bool offersAll)
    {
        await using var last = ScriptedSmtpServer.Start();
        await using var exim = await EximServer.StartAsync(last.Port, "message_size_limit = 60000\n" + (offersAll
            ? "smtputf8_advertise_hosts = *"
            : "smtputf8_advertise_hosts =\naccept_8bitmime = false\npipelining_advertise_hosts =\nchunking_advertise_hosts ="));
        await RelayAsync(exim.Port, last, offersAll, large: "local-larger-than-offered");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Npm_s_smtp_server_gets_what_campaign_meant(bool offersAll)
    {
        await using var node = await NodeProcess.StartAsync("Peers/smtp-server.cjs", offersAll ? ["--clear"] : ["--clear", "--bare"]);
        var port = JsonDocument.Parse(await node.ReadLineAsync()).RootElement.GetProperty("port").GetInt32();
        await using var mta = await StartAsync(port, offersAll, "large");
        var taken = new List<(string To, byte[] Data)>();
        for (var i = offersAll ? 6 : 4; i > 0; i--)
        {
            var mail = JsonDocument.Parse(await node.ReadLineAsync()).RootElement;
            // It shows A-labels as what they stand for.
            taken.Add((mail.GetProperty("to")[0].GetString()!.Replace(Idn, IdnEncoded, StringComparison.Ordinal), mail.GetProperty("data").GetBytesFromBase64()));
        }
        Check(taken, offersAll);
    }

    private async Task RelayAsync(int port, ScriptedSmtpServer last, bool offersAll, string? large)
    {
        await using var mta = await StartAsync(port, offersAll);
        var message = await mta.MessageAsync("d", "large");
        Assert.Equal("bounced", message.GetProperty("message").GetProperty("state").GetString());
        if (large is not null)
            Assert.Equal(large, message.GetProperty("message").GetProperty("rule").GetString());
        else
            Assert.Contains("552", message.GetProperty("message").GetProperty("reply").GetString(), StringComparison.Ordinal);
        await Smtp.Sending.UntilAsync(() => last.Mails.Count >= (offersAll ? 6 : 4));
        Check([.. last.Mails.Select(mail => (mail.Recipient, mail.Data))], offersAll);
    }

    private async Task<MtaUnderTest> StartAsync(int port, bool offersAll, params string[] leftOut)
    {
        var route = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        var mta = await MtaUnderTest.StartAsync(azurite, [], null, KeyValuePair.Create("EnhancedMta:Routes:*", (string?)route));
        try
        {
            await mta.DeclareAsync("d", new { });
            var mails = Mails.Where(mail => !leftOut.Contains(mail.Id)).ToList();
            var lines = mails.Select(mail => JsonSerializer.Serialize(new { messageId = mail.Id, to = mail.To, mime = mail.Mime }));
            var answer = await mta.SendAsync(HttpMethod.Post, "deliveries/d/messages", 202, MtaUnderTest.Ndjson(string.Join('\n', lines)));
            Assert.True(answer.GetProperty("accepted").GetInt32() == mails.Count, answer.ToString());
            await mta.SettledAsync("d", waiting: 0);
            foreach (var (id, rule) in new[] { ("utf8", "local-smtputf8-not-offered"), ("signed", "local-8bitmime-not-offered") })
            {
                var message = (await mta.MessageAsync("d", id)).GetProperty("message");
                Assert.Equal(offersAll ? "delivered" : "bounced", message.GetProperty("state").GetString());
                if (!offersAll)
                    Assert.Equal(("Failed", rule), (message.GetProperty("status").GetString(), message.GetProperty("rule").GetString()));
            }
            return mta;
        }
        catch
        {
            await mta.DisposeAsync();
            throw;
        }
    }

    private static void Check(List<(string To, byte[] Data)> taken, bool offersAll)
    {
        string[] expected = ["bcc@recipients.example", "eightbit@recipients.example", $"jane@{IdnEncoded}", "smuggle@recipients.example"];
        if (offersAll)
            expected = [.. expected, "jørgen@recipients.example", "signed@recipients.example"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), taken.Select(mail => mail.To).Order(StringComparer.Ordinal));
        foreach (var (to, data) in taken)
        {
            var text = Encoding.UTF8.GetString(data);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
            Assert.All(text.Split("\r\n"), line => Assert.True(line.Length <= 998 && !line.AsSpan().ContainsAny('\r', '\n')));
            Assert.Equal(to.StartsWith("jørgen", StringComparison.Ordinal) || to.StartsWith("signed", StringComparison.Ordinal), !Ascii.IsValid(data));
            Assert.Contains("Received: by mta.example (EnhancedMta) with HTTP\r\n\tid <", text, StringComparison.Ordinal);
            using var message = MimeMessage.Load(new MemoryStream(data));
            Assert.Single(message.Headers, header => header.Id == HeaderId.Date);
            Assert.Single(message.Headers, header => header.Id == HeaderId.MessageId);
            var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            switch (to.Split('@')[0])
            {
                case "smuggle":
                    Assert.Equal("before\r\n.\r\n\r\n.\r\n\r\n.\r\n.\r\nMAIL FROM:<a@evil.example>\r\n.\r\n\r\nRCPT TO:<b@recipients.example>\r\nDATA\r\n\r\n.\r\nQUIT\r\n", body);
                    break;
                case "eightbit":
                    Assert.Equal("<p>" + string.Concat(Enumerable.Repeat(Long, 60)) + "</p>", message.HtmlBody!.TrimEnd());
                    Assert.Equal(("Été", "Élodie", "Zoë"), (message.Subject, message.From[0].Name, message.To[0].Name));
                    break;
                case "bcc":
                    Assert.Equal(".\r\n..\r\n.dots\r\n", body);
                    break;
                case "jane":
                    Assert.Contains($"\r\nTo: jane@{IdnEncoded}\r\n", text, StringComparison.Ordinal);
                    break;
                case "signed":
                    Assert.Equal(Signed[Signed.IndexOf("--s", StringComparison.Ordinal)..].ReplaceLineEndings("\r\n"), body);
                    break;
                case "jørgen":
                    Assert.Contains("To: jørgen@recipients.example\r\n", text, StringComparison.Ordinal);
                    break;
            }
        }
    }
}
