using System.Text;
using EnhancedMta.Dkim;
using Microsoft.Extensions.Time.Testing;

namespace EnhancedMta.Tests.Dkim;

public sealed class DkimSignerTests
{
    private const string Head = "From: News <news@example.com>\r\nTo: a@example.net\r\nSubject: Hello\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n";

    private readonly DkimSigner _signer = new(new FakeTimeProvider(Verified.Now));

    public static TheoryData<string, string> OddMails => new()
    {
        { "plain", Head + "\r\nHello\r\n" },
        { "no body after the separator", Head + "\r\n" },
        { "no separator", Head },
        { "body of empty lines", Head + "\r\n\r\n\r\n\r\n" },
        { "trailing empty lines", Head + "\r\nHello\r\n\r\n\r\n" },
        { "trailing lines of white space", Head + "\r\nHello\r\n  \r\n\t\r\n" },
        { "empty lines first and between", Head + "\r\n\r\n\r\na\r\n\r\n\r\nb\r\n" },
        { "no line end at the end", Head + "\r\nHello" },
        { "white space at the end without a line end", Head + "\r\nHello \t" },
        { "runs of blanks and tabs", Head + "\r\na  b\t\tc \t d  \r\n  e\r\n\tf\r\n" },
        { "dots at line starts", Head + "\r\n.\r\n..\r\n.a\r\n" },
        { "folded fields", "From: News\r\n <news@example.com>\r\nSubject: a\r\n\tb\r\n   c  \r\nTo:a@example.net\r\n\r\nx\r\n" },
        { "blanks around colons", "From :  News <news@example.com>\r\nSUBJECT\t: x   y\r\nTo: \r\n\r\nx\r\n" },
        { "an empty field and one of folds", "From: a@example.com\r\nSubject:\r\nTo: \r\n a@example.net\r\n\r\nx\r\n" },
        { "duplicate fields", "From: a@example.com\r\nSubject: one\r\nSubject: two\r\nReceived: by x\r\nReceived: by y\r\n\r\nx\r\n" },
        { "8-bit octets", "From: a@example.com\r\nSubject: Gr\u00fc\u00dfe\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e4\u00f6\u00fc \u00ff\r\n" },
        { "a long body", Head + "\r\n" + string.Concat(Enumerable.Range(0, 4000).Select(i => $"line {i}  of many \r\n")) },
        { "a body of one long word", Head + "\r\n" + new string('x', 20_000) + "\r\n" },
        { "a field of many lines", Head + "References:" + string.Concat(Enumerable.Range(0, 300).Select(i => $"\r\n <{i}@example.com>")) + "\r\n\r\nx\r\n" },
        { "list fields", Head + "List-Unsubscribe: <https://example.com/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id: <l.example.com>\r\n\r\nx\r\n" },
    };

    [Theory]
    [MemberData(nameof(OddMails))]
    public void Odd_mails_verify(string what, string mail)
    {
        Assert.NotEmpty(what);
        Assert.True(Verified.Verify(Sign(Encoding.Latin1.GetBytes(mail), [Verified.Key], "example.com")));
    }

    [Theory]
    [InlineData("Subject: Hello", "Subject: Hallo")]
    [InlineData("world", "World")]
    [InlineData("From: News", "From: Nuws")]
    [InlineData("To: a@example.net\r\n", "To: a@example.net\r\nTo: b@example.net\r\n")]
    [InlineData("Subject: Hello\r\n", "Subject: Hello\r\nSubject: Another\r\n")]
    [InlineData("From: News <news@example.com>\r\n", "From: News <news@example.com>\r\nFrom: x@example.org\r\n")]
    [InlineData("To: a@example.net\r\n", "To: a@example.net\r\nReply-To: x@example.org\r\n")]
    [InlineData("To: a@example.net\r\n", "To: a@example.net\r\nList-Unsubscribe: <https://example.org/>\r\n")]
    [InlineData("To: a@example.net\r\n", "To: a@example.net\r\nContent-Type: text/html\r\n")]
    public void A_change_or_an_added_field_breaks_the_signature(string before, string after)
    {
        var signed = Encoding.Latin1.GetString(Sign(Encoding.Latin1.GetBytes(Head + "\r\nworld\r\n"), [Verified.Key], "example.com"));
        Assert.Contains(before, signed, StringComparison.Ordinal);
        Assert.False(Verified.Verify(Encoding.Latin1.GetBytes(signed.Replace(before, after, StringComparison.Ordinal))));
    }

    [Fact]
    public void What_is_signed_follows_the_signature_octet_by_octet()
    {
        var mail = Encoding.Latin1.GetBytes(Head + "X-Odd:\t a  \r\n\r\n.\u00e9  \r\n\r\n");
        var signed = Sign(mail, [Verified.Key], "example.com");
        Assert.True(signed.AsSpan().StartsWith("DKIM-Signature: "u8));
        Assert.Equal(mail, signed[^mail.Length..]);
    }

    [Fact]
    public void The_signature_says_what_it_covers()
    {
        var signed = Encoding.Latin1.GetString(Sign(Encoding.Latin1.GetBytes(Head + "Received: by x\r\n\r\nx\r\n"), [Verified.Key], "example.com"));
        var field = signed[..signed.IndexOf("\r\nFrom: ", StringComparison.Ordinal)];
        var tags = field["DKIM-Signature:".Length..].Replace("\r\n", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
            .Split(';').Select(tag => tag.Split('=', 2)).ToDictionary(tag => tag[0], tag => tag[1]);
        Assert.Equal("1", tags["v"]);
        Assert.Equal("rsa-sha256", tags["a"]);
        Assert.Equal("relaxed/relaxed", tags["c"]);
        Assert.Equal("example.com", tags["d"]);
        Assert.Equal("s1", tags["s"]);
        Assert.Equal(Verified.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), tags["t"]);
        // A name that is listed once more than it is there says "and no other"; so do those of fields that are not there at all.
        Assert.Equal(
            "From:From:To:To:Subject:Subject:Date:Date:Message-ID:Message-ID:Reply-To:List-Unsubscribe:List-Unsubscribe-Post:MIME-Version:Content-Type:Content-Transfer-Encoding",
            tags["h"]);
        Assert.DoesNotContain("l", tags.Keys);
        Assert.All(field.Split("\r\n"), line => Assert.InRange(line.Length, 1, 78));
    }

    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("Example.COM", "example.com", true)]
    [InlineData("example.com", "news.example.com", true)]
    // The From domain's own, and one between it and the key's: Campaign's native signature may have either.
    [InlineData("news.example.com", "news.example.com", true)]
    [InlineData("b.example.com", "a.b.example.com", true)]
    [InlineData("sub.example.com", "example.com", false)]
    [InlineData("other.example.com", "news.example.com", false)]
    [InlineData("ews.example.com", "news.example.com", false)]
    [InlineData("com", "example.com", false)]
    [InlineData("example.org", "example.com", false)]
    public void An_old_signature_goes_when_it_is_of_the_From_domain_or_one_up_to_ours(string signer, string fromDomain, bool goes)
    {
        var old = $"DKIM-Signature: v=1; a=rsa-sha256;\r\n d=\r\n  {signer} ; s=old; bh=d=example.com; h=From; b=y\r\n";
        var mail = old + $"From: a@{fromDomain}\r\nSubject: x\r\n" + old + "\r\nd=example.com\r\n";
        var signed = Sign(Encoding.Latin1.GetBytes(mail), [Verified.Key], fromDomain);
        var rest = Encoding.Latin1.GetString(signed);
        rest = rest[(rest.IndexOf(";\r\n\tb=", StringComparison.Ordinal) + 1)..];
        rest = rest[(rest.IndexOf("==\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Equal(goes ? $"From: a@{fromDomain}\r\nSubject: x\r\n\r\nd=example.com\r\n" : mail, rest);
        Assert.True(Verified.Verify(signed));
    }

    [Theory]
    [MemberData(nameof(OddMails))]
    public void With_two_keys_both_signatures_verify(string what, string mail)
    {
        Assert.NotEmpty(what);
        var signed = Sign(Encoding.Latin1.GetBytes(mail), [Verified.Key, Verified.Ed25519Key], "example.com");
        Assert.Equal([("rsa-sha256", true), ("ed25519-sha256", true)], Verified.VerifyAll(signed));
    }

    /// <summary>The example of RFC 8463 appendix A: other people's key, and their record.</summary>
    [Fact]
    public void An_ed25519_key_is_the_one_that_RFC_8463_shows()
    {
        var seed = Convert.FromBase64String("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
        var pem = System.Security.Cryptography.PemEncoding.WriteString("PRIVATE KEY", [.. Convert.FromHexString("302e020100300506032b657004220420"), .. seed]);
        using var key = PrivateKeyReader.Read("football.example.com", "brisbane", pem);
        Assert.Equal("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", DkimRecord.Of(key).Value);
    }

    [Fact]
    public void Signing_again_replaces_what_was_signed()
    {
        var mail = Encoding.Latin1.GetBytes(Head + "\r\nx\r\n");
        var once = Sign(mail, [Verified.Key], "example.com");
        Assert.Equal(once, Sign(once, [Verified.Key], "example.com"));
    }

    [Fact]
    public void Many_threads_sign_at_once()
    {
        Parallel.For(0, 64, i =>
        {
            var signed = Sign(Encoding.Latin1.GetBytes(Head + $"\r\nmessage {i}\r\n"), [Verified.Key], "example.com");
            Assert.True(Verified.Verify(signed));
        });
    }

    [Fact]
    public void The_message_stays_where_it_is_unless_something_is_taken_out()
    {
        var mail = Encoding.Latin1.GetBytes(Head + "\r\nx\r\n");
        var before = mail.ToArray();
        var signed = _signer.Sign(mail, [Verified.Key], "example.com", "Received: by x\r\n"u8);
        Assert.True(signed.Content.Equals(new ReadOnlyMemory<byte>(mail)));
        Assert.True(signed.Leading.Span.StartsWith("Received: by x\r\nDKIM-Signature: "u8));
        Assert.True(signed.Leading.Span.EndsWith("\r\n"u8));

        var once = Joined(signed);
        var again = _signer.Sign(once, [Verified.Key], "example.com");
        Assert.Equal(Encoding.Latin1.GetBytes("Received: by x\r\n" + Head + "\r\nx\r\n"), again.Content.ToArray());
        Assert.Equal(Joined(signed), once);
        Assert.Equal(before, mail);
    }

    private byte[] Sign(byte[] mail, IReadOnlyList<DkimKey> keys, string fromDomain) => Joined(_signer.Sign(mail, keys, fromDomain));

    private static byte[] Joined(SignedMail signed) => [.. signed.Leading.Span, .. signed.Content.Span];
}
