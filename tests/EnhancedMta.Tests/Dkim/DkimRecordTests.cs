using System.Security.Cryptography;
using EnhancedMta.Dkim;

namespace EnhancedMta.Tests.Dkim;

public sealed class DkimRecordTests
{
    private static readonly string PublicKey = Convert.ToBase64String(Verified.Key.PublicKey.Span);

    [Fact]
    public void A_long_value_is_cut_into_strings_of_255_octets()
    {
        var record = DkimRecord.Of(Verified.Key);
        Assert.Equal(("s1._domainkey.example.com", "TXT"), (record.Name, record.Type));
        Assert.Equal($"v=DKIM1; k=rsa; p={PublicKey}", record.Value);
        Assert.Equal([255, record.Value.Length - 255], record.Strings.Select(part => part.Length));
        Assert.Equal(record.Value, string.Concat(record.Strings));
        Assert.Equal($"s1._domainkey.example.com. 3600 IN TXT \"{record.Strings[0]}\" \"{record.Strings[1]}\"", record.ZoneLine);
        Assert.Single(DkimRecord.Of(Verified.Ed25519Key).Strings);
    }

    [Fact]
    public void Our_own_records_are_right() =>
        Assert.All([Verified.Key, Verified.Ed25519Key], key => Assert.Null(DkimRecordReader.Fault([DkimRecord.Of(key).Value], key)));

    [Theory]
    [InlineData("p={0}", null)]
    [InlineData(" v = DKIM1 ;\tp={0}; ", null)]
    [InlineData("v=DKIM1; h=sha1:sha256; k=rsa; s=email; t=s; n=a note; x=unknown; p={0}", null)]
    [InlineData("v=DKIM1; s=tlsrpt:*; p={0}", null)]
    [InlineData("v=DKIM1; p=", "revoked")]
    [InlineData("v=DKIM1; k=rsa", "no p=")]
    [InlineData("v=DKIM1; p=AAAA", "another key")]
    [InlineData("v=DKIM1; p={0}AAAA", "p=")]
    [InlineData("v=DKIM1; p=*", "base64")]
    [InlineData("v=DKIM2; p={0}", "v=")]
    [InlineData("k=rsa; v=DKIM1; p={0}", "v=")]
    [InlineData("v=DKIM1; k=ed25519; p={0}", "k=")]
    [InlineData("v=DKIM1; h=sha1; p={0}", "h=")]
    [InlineData("v=DKIM1; s=tlsrpt; p={0}", "s=")]
    [InlineData("v=DKIM1; t=y:s; p={0}", "t=y")]
    [InlineData("v=DKIM1; p={0}; p={0}", "no list")]
    [InlineData("hello", "no list")]
    public void A_record_is_read_as_a_verifier_would(string record, string? says)
    {
        var fault = DkimRecordReader.Fault([string.Format(null, record, PublicKey)], Verified.Key);
        if (says is null)
            Assert.Null(fault);
        else
            Assert.Contains(says, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_records_under_one_name_are_none()
    {
        var value = DkimRecord.Of(Verified.Key).Value;
        Assert.Contains("2 TXT records", DkimRecordReader.Fault([value, value], Verified.Key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_as_operators_split_it_over_lines_is_right()
    {
        var value = $"v=DKIM1; k=rsa; p={string.Join(" ", PublicKey.Chunk(60).Select(part => new string(part)))}";
        Assert.Null(DkimRecordReader.Fault([value], Verified.Key));
    }

    [Fact]
    public void A_larger_key_has_a_longer_record_and_is_right_too()
    {
        using var rsa = RSA.Create(4096);
        using var key = new RsaDkimKey("example.com", "big", rsa);
        var record = DkimRecord.Of(key);
        Assert.All(record.Strings, part => Assert.InRange(part.Length, 1, 255));
        Assert.Null(DkimRecordReader.Fault([string.Concat(record.Strings)], key));
    }
}
