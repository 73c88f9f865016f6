using System.Text;
using System.Text.Json;
using MimeKit;

namespace EnhancedMta.Tests.Ingestion;

public sealed class CompositionTests
{
    [Fact]
    public async Task A_message_is_composed_of_its_parts_in_7_bit()
    {
        var mail = await ComposeAsync(new
        {
            messageId = "7",
            to = "jane@example.com",
            from = "\"Élodie, Shop\" <news@shop.example>",
            replyTo = "Help <help@shop.example>",
            subject = "Été à la plage 🏖",
            html = "<p>Été</p>\n<img src=\"cid:logo@shop\">",
            text = "Été\nà la plage",
            headers = new Dictionary<string, object> { ["X-Campaign"] = "été", ["X-Tag"] = new[] { "a", "b" }, ["List-Unsubscribe"] = "<https://shop.example/u>" },
            attachments = new object[]
            {
                new { name = "reçu.pdf", contentType = "application/pdf", content = Convert.ToBase64String([1, 2, 3]) },
                new { name = "logo.png", contentType = "image/png", content = Convert.ToBase64String([4, 5]), contentId = "logo@shop" },
            },
        });
        Assert.Equal(("Élodie, Shop", "news@shop.example"), (mail.From.Mailboxes.Single().Name, mail.From.Mailboxes.Single().Address));
        Assert.Equal("jane@example.com", mail.To.Mailboxes.Single().Address);
        Assert.Equal("help@shop.example", mail.ReplyTo.Mailboxes.Single().Address);
        Assert.Equal("Été à la plage 🏖", mail.Subject);
        Assert.Equal("Été\r\nà la plage", mail.TextBody!.ReplaceLineEndings("\r\n").TrimEnd());
        Assert.Contains("<p>Été</p>", mail.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("été", mail.Headers["X-Campaign"]);
        Assert.Equal(["a", "b"], mail.Headers.Where(header => header.Field == "X-Tag").Select(header => header.Value));
        Assert.Equal($"7.DM42.{Relay.ReturnPaths.Seal("DM42", "7")}@shop.example", mail.MessageId);
        Assert.Equal(Relay.Now, mail.Date);
        Assert.Equal("reçu.pdf", mail.Attachments.OfType<MimePart>().Single().FileName);
        var logo = mail.BodyParts.OfType<MimePart>().Single(part => part.ContentId == "logo@shop");
        using var content = new MemoryStream();
        logo.Content!.DecodeTo(content, TestContext.Current.CancellationToken);
        Assert.Equal([4, 5], content.ToArray());
    }

    [Fact]
    public async Task The_deliverys_default_sender_stands_in() =>
        Assert.Equal("Shop", (await ComposeAsync(new { messageId = 1, to = "j@example.com", subject = "", text = "t" }, "Shop <news@shop.example>")).From[0].Name);

    [Fact]
    public async Task A_lines_own_sender_goes_first() =>
        Assert.Equal("b@shop.example", (await ComposeAsync(new { messageId = 1, to = "j@example.com", from = "b@shop.example", subject = "", text = "t" }, "a@shop.example")).From.Mailboxes.Single().Address);

    [Fact]
    public async Task Html_alone_is_a_single_part() =>
        Assert.IsType<TextPart>((await ComposeAsync(new { messageId = 1, to = "j@example.com", subject = "s", html = new string('x', 5000) }, "a@shop.example")).Body);

    [Fact]
    public async Task A_utf8_sender_domain_is_written_in_a_labels()
    {
        var message = await Relay.ReadOneAsync(JsonSerializer.Serialize(new { messageId = 1, to = "j@example.com", from = "a@bücher.example", subject = "s", text = "t" }));
        Assert.Equal("xn--bcher-kva.example", message.FromDomain);
        Assert.Contains("a@xn--bcher-kva.example", message.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_utf8_recipient_stands_in_the_to_field()
    {
        var line = JsonSerializer.Serialize(new { messageId = 1, to = "élodie@example.com", from = "a@shop.example", subject = "s", text = "t" });
        var message = await Relay.ReadOneAsync(line);
        Assert.True(message.To.NeedsSmtpUtf8);
        Assert.True(message.EightBit);
        Assert.Contains("élodie@example.com", message.Text(), StringComparison.Ordinal);
    }

    private static async Task<MimeMessage> ComposeAsync(object line, string? sender = null)
    {
        var message = await Relay.ReadOneAsync(JsonSerializer.Serialize(line), sender);
        Assert.False(message.EightBit);
        Assert.True(Ascii.IsValid(message.Content.Span));
        Assert.All(message.Text().Split("\r\n"), text => Assert.True(text.Length <= 998));
        return MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
    }
}
