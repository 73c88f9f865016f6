using System.Text;
using MimeKit;

namespace EnhancedMta.Tests.Ingestion;

public sealed class MailContentTests
{
    private const string Head = "Date: Fri, 4 Sep 2026 10:00:00 +0200\r\nMessage-ID: <x@shop.example>\r\nFrom: Shop <news@Shop.Example>\r\n";

    [Fact]
    public async Task Clean_mail_is_left_as_it_is()
    {
        const string mime = Head + "To: jane@example.com\r\nSubject: =?utf-8?Q?=C3=A9?=\r\n folded\r\nX-Odd:no space\r\n\r\nHello\r\n\r\n.dot\r\n";
        var message = await Relay.ReadMimeAsync(mime);
        Assert.Equal(mime, message.Text());
        Assert.Equal("shop.example", message.FromDomain);
        Assert.False(message.EightBit);
    }

    [Fact]
    public async Task Date_and_message_id_are_added_where_they_are_missing()
    {
        var message = await Relay.ReadMimeAsync("From: a@shop.example\r\n\r\nx\r\n");
        Assert.Equal($"From: a@shop.example\r\nDate: Sat, 05 Sep 2026 07:08:09 +0000\r\nMessage-ID: <1.DM42.{Relay.ReturnPaths.Seal("DM42", "1")}@shop.example>\r\n\r\nx\r\n", message.Text());
        Assert.Equal(message.Text(), (await Relay.ReadMimeAsync("From: a@shop.example\r\nDate:\r\nmessage-id: \r\n\r\nx\r\n")).Text());
    }

    [Fact]
    public async Task Different_message_ids_give_different_fields_that_are_valid()
    {
        string[] ids = ["a.b", "a:b", "a@b", "a=b", "a=2Eb", ".a", "a..b", "a.DM42"];
        var fields = new List<string>();
        foreach (var id in ids)
        {
            var message = await Relay.ReadOneAsync(Relay.Line(id));
            var parsed = MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
            Assert.Matches(@"^[A-Za-z0-9_+=-]+\.DM42\.[a-z2-7]{8}@shop\.example$", parsed.MessageId);
            fields.Add(parsed.MessageId!);
        }
        Assert.Distinct(fields);
    }

    [Theory]
    [InlineData("Bcc: secret@example.com\r\n")]
    [InlineData("bcc: secret@example.com,\r\n\tmore@example.com\r\n")]
    [InlineData("Return-Path: <bounce@example.com>\r\n")]
    [InlineData("Resent-Bcc: secret@example.com\r\n")]
    [InlineData("RESENT-BCC:\r\n secret@example.com,\r\n more@example.com\r\n")]
    [InlineData("Bcc:\r\n")]
    [InlineData("Bcc: Zoë <secret@example.com>\r\n")]
    public async Task Fields_of_the_envelope_are_removed(string field) =>
        Assert.Equal(Head + "\r\nx\r\n", (await Relay.ReadMimeAsync(field + Head + field + "\r\nx\r\n")).Text());

    [Theory]
    [InlineData("a\nb\r\nc\rd")]
    [InlineData("a\n\n.\nMAIL FROM:<x@y.example>\r.\r\r\n")]
    public async Task Bare_line_ends_become_pairs_so_that_nothing_can_be_smuggled(string body)
    {
        var text = (await Relay.ReadMimeAsync(Head.Replace("\r\n", "\n") + "\n" + body)).Text();
        Assert.DoesNotContain('\r', text.Replace("\r\n", ""));
        Assert.DoesNotContain('\n', text.Replace("\r\n", ""));
        Assert.EndsWith(body.Replace("\r\n", "\n").Replace('\r', '\n').Replace("\n", "\r\n").TrimEnd() + "\r\n", text.TrimEnd() + "\r\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bare_cr_cannot_hide_a_bcc()
    {
        var text = (await Relay.ReadMimeAsync("Subject: x\rBcc: secret@example.com\r\n" + Head + "\r\nx")).Text();
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Head, Head + "\r\n")]
    [InlineData(Head + "\r\n", Head + "\r\n")]
    [InlineData("Date: Fri, 4 Sep 2026 10:00:00 +0200\r\nMessage-ID: <x@shop.example>\r\nFrom: a@shop.example", "Date: Fri, 4 Sep 2026 10:00:00 +0200\r\nMessage-ID: <x@shop.example>\r\nFrom: a@shop.example\r\n\r\n")]
    [InlineData(Head + "\r\nno end", Head + "\r\nno end\r\n")]
    public async Task There_is_one_blank_line_after_the_header_and_an_end_of_the_last_line(string mime, string expected) =>
        Assert.Equal(expected, (await Relay.ReadMimeAsync(mime)).Text());

    [Theory]
    [InlineData("", "has no From")]
    [InlineData("\r\n" + Head + "\r\nx", "has no From")]
    [InlineData("Subject: x\r\n\r\nx", "has no From")]
    [InlineData("From: a@b.example\r\nfrom: c@d.example\r\n\r\n", "from twice")]
    [InlineData("From: a@b.example\r\nSubject: a\r\nsubject: b\r\n\r\n", "subject twice")]
    [InlineData("From: a@b.example\r\nTo: a\r\nTo: b\r\n\r\n", "To twice")]
    [InlineData("From: group: a@b.example;\r\n\r\n", "From is a group")]
    [InlineData("From: undisclosed:;\r\n\r\n", "From is a group")]
    [InlineData("From:\r\n\r\n", "From cannot be read")]
    [InlineData("From: nobody\r\n\r\n", "From cannot be read")]
    [InlineData("From: A, B <a@b.example>\r\n\r\n", "From cannot be read")]
    [InlineData("From: a@[192.0.2.1]\r\n\r\n", "From: ")]
    [InlineData("From: a@b.example\r\nno colon here\r\n\r\n", "not 'Name: value'")]
    [InlineData("From: a@b.example\r\nSpace : x\r\n\r\n", "not 'Name: value'")]
    [InlineData("From: a@b.example\r\nÉté: x\r\n\r\n", "not 'Name: value'")]
    [InlineData("From: a@b.example\r\n: x\r\n\r\n", "not 'Name: value'")]
    [InlineData(" From: a@b.example\r\n\r\n", "not 'Name: value'")]
    [InlineData("From a@b.example Fri Sep  4\r\nFrom: a@b.example\r\n\r\n", "not 'Name: value'")]
    [InlineData("From: a@b.example\r\n\r\nx\0y", "NUL")]
    public async Task Mail_that_servers_would_refuse_is_rejected(string mime, string error)
    {
        var said = await Relay.ReadMimeErrorAsync(mime);
        Assert.StartsWith("mime: ", said, StringComparison.Ordinal);
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@SHOP.example", "shop.example")]
    [InlineData("\"A, B\" <a@shop.example>, c@other.example", "shop.example")]
    [InlineData("\r\n =?utf-8?Q?=C3=A9?=\r\n <a@shop.example>", "shop.example")]
    [InlineData("Élodie <a@bücher.example>", "xn--bcher-kva.example")]
    public async Task The_domain_of_the_first_from_is_told(string from, string domain) =>
        Assert.Equal(domain, (await Relay.ReadMimeAsync($"From: {from}\r\n\r\nx")).FromDomain);

    [Fact]
    public async Task Raw_utf8_in_the_header_is_encoded_and_the_body_stays_as_it_is()
    {
        const string body = "\r\n--odd\r\nbut 7-bit \r\n";
        var message = await Relay.ReadMimeAsync("From: Élodie <a@shop.example>\r\nTo: Zoë <jane@example.com>\r\nSubject: Été à la plage\r\nX-Note: naïve\r\n\r\n" + body);
        Assert.False(message.EightBit);
        Assert.True(Ascii.IsValid(message.Content.Span));
        Assert.EndsWith("\r\n\r\n" + body, message.Text(), StringComparison.Ordinal);
        var parsed = MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
        Assert.Equal(("Élodie", "Zoë", "Été à la plage", "naïve"), (parsed.From[0].Name, parsed.To[0].Name, parsed.Subject, parsed.Headers["X-Note"]));
    }

    [Fact]
    public async Task Overlong_header_lines_are_folded()
    {
        var message = await Relay.ReadMimeAsync($"From: a@shop.example\r\nSubject: {new string('x', 3000)}\r\nReferences: {string.Join(' ', Enumerable.Range(0, 200).Select(i => $"<{i}@shop.example>"))}\r\n\r\nx");
        Assert.All(message.Text().Split("\r\n"), line => Assert.True(line.Length <= 998));
        var parsed = MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
        Assert.Equal(3000, parsed.Subject!.Length);
        Assert.Equal(200, parsed.References.Count);
    }

    [Fact]
    public async Task A_utf8_local_part_in_the_header_needs_a_recipient_who_has_one_too()
    {
        const string mime = "From: a@shop.example\r\nTo: Élodie <élodie@example.com>\r\n\r\nx";
        Assert.Contains("To has an address", await Relay.ReadMimeErrorAsync(mime), StringComparison.Ordinal);
        var message = await Relay.ReadMimeAsync(mime, "élodie@example.com");
        Assert.True(message.EightBit);
        Assert.Contains("<élodie@example.com>", message.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Domains_in_u_labels_are_written_in_a_labels()
    {
        var message = await Relay.ReadMimeAsync("From: Shop <news@bücher.example>\r\nTo: jane@münchen.example\r\nReply-To: \"Zoë\" <help@bücher.example>\r\n\r\nx");
        Assert.False(message.EightBit);
        Assert.True(Ascii.IsValid(message.Content.Span));
        Assert.Contains("news@xn--bcher-kva.example", message.Text(), StringComparison.Ordinal);
        Assert.Contains("jane@xn--mnchen-3ya.example", message.Text(), StringComparison.Ordinal);
        Assert.Contains("<help@xn--bcher-kva.example>", message.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoded_line_break_in_a_value_that_must_be_encoded_forges_no_field()
    {
        var message = await Relay.ReadMimeAsync("From: a@shop.example\r\nSubject: é =?utf-8?Q?x=0D=0ABcc:_b=40c.example=0D=0A=0D=0Abody?=\r\n\r\nx");
        var parsed = MimeMessage.Load(new MemoryStream(message.Content.ToArray()));
        Assert.Equal(["From", "Subject", "Date", "Message-Id"], parsed.Headers.Select(header => header.Id.ToHeaderName()));
    }
}
