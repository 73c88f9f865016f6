namespace EnhancedMta.Tests.BounceMails;

public sealed class ReturnPathTests
{
    [Fact]
    public async Task The_surest_comes_first()
    {
        var mail = await Mails.ReadAsync(Mails.Notice("<anna@example.com>:\n550 unknown\n\n--- Below this line is a copy of the message.\n\n"
            + "Return-Path: <b-5@bounce.example.org>\nReceived: from a by b with ESMTP (envelope-from <b-6@bounce.example.org>)\n  for <anna@example.com>; Tue, 3 Nov 2026 10:00:00 +0100\nX-EMTA-Message: b-7@bounce.example.org\n"
            + "Sender: b-8@bounce.example.org\nErrors-To: <b-9@bounce.example.org>\nFrom: Shop <news@example.org>\nTo: anna@example.com\nMessage-ID: <42.autumn@example.org>\n\nHi\n",
            headers: "Delivered-To: b-1@bounce.example.org\nX-Original-To: b-2@bounce.example.org\nEnvelope-To: b-3@bounce.example.org"), "b-0@bounce.example.org");
        Assert.Equal(["b-0@bounce.example.org", "b-1@bounce.example.org", "b-2@bounce.example.org", "b-3@bounce.example.org", Mails.Path, "b-5@bounce.example.org",
            "b-7@bounce.example.org", "b-8@bounce.example.org", "b-9@bounce.example.org", "news@example.org", "b-6@bounce.example.org"], mail.ReturnPaths);
        Assert.Equal("42.autumn@example.org", mail.OriginalMessageId);
    }

    [Fact]
    public async Task Addresses_are_told_once_and_never_without_end()
    {
        var many = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"x{i}@example.org"));
        var mail = await Mails.ReadAsync(Mails.Notice("Could not be delivered.", headers: $"Delivered-To: {Mails.Path}\nCc: {many}"), Mails.Path);
        Assert.InRange(mail.ReturnPaths.Count, 20, 30);
        Assert.Equal(1, mail.ReturnPaths.Count(path => path == Mails.Path));
    }

    [Theory]
    [InlineData("--- Below this line is a copy of the message.")]
    [InlineData("------ This is a copy of the message, including all the headers. ------")]
    [InlineData("   ----- Original message follows -----")]
    [InlineData("   ----- Unsent message follows -----")]
    [InlineData("   ----- Message header follows -----")]
    [InlineData("--- The header of the original message is following. ---")]
    [InlineData("    Below is a copy of the original message:")]
    [InlineData("Message headers follow.")]
    [InlineData("Original message headers:")]
    [InlineData("----- Ursprüngliche Nachricht -----")]
    [InlineData("")]
    public async Task The_copy_begins_where_the_notice_ends(string line)
    {
        var mail = await Mails.ReadAsync(Mails.Notice("<anna@example.com>:\nThat mailbox is unknown here.\n\n" + line + "\n\n" + Mails.Original));
        Assert.Equal("42.autumn@example.org", mail.OriginalMessageId);
        // The copy speaks of an error and of ghost@example.net.
        Assert.Equal(("anna@example.com", "That mailbox is unknown here."), (Assert.Single(mail.Recipients).Address, mail.Recipients[0].Reply!.Text));
    }
}
