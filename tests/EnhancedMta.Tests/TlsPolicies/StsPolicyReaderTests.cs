using System.Text;
using EnhancedMta.TlsPolicies;

namespace EnhancedMta.Tests.TlsPolicies;

/// <summary>RFC 8461 §3.1, §3.2, §4.1.</summary>
public sealed class StsPolicyReaderTests
{
    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=STSv1; x=y; id=1; z=", "1")]
    [InlineData("v=STSv1; id=;", null)]
    [InlineData("v=STSv1", null)]
    [InlineData("v=STSv1; id=12345678901234567890123456789012x", null)]
    [InlineData("v=STSv1; id=a-b", null)]
    [InlineData("v=STSv2; id=1", null)]
    [InlineData("id=1; v=STSv1", null)]
    [InlineData("v=spf1 -all", null)]
    public void The_id_is_read_from_the_record(string record, string? id) => Assert.Equal(id, StsPolicyReader.Id([record]));

    [Fact]
    public void Other_records_do_not_matter_and_two_announcements_are_none()
    {
        Assert.Equal("1", StsPolicyReader.Id(["v=spf1 -all", "v=STSv1; id=1"]));
        Assert.Null(StsPolicyReader.Id(["v=STSv1; id=1", "v=STSv1; id=1"]));
        Assert.Null(StsPolicyReader.Id([]));
    }

    [Theory]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n")]
    [InlineData("version:STSv1\nmode:enforce\nmx:MAIL.example.com\nmx:*.example.net\nmx: backupmx.example.com\nmax_age:604800")]
    [InlineData("max_age: 604800\nmx: mail.example.com\nunknown: x: y\nmode: enforce \nmx:  *.example.net\n\nversion: STSv1\nmode: none\nmx: backupmx.example.com\n")]
    public void A_policy_is_read(string text)
    {
        var policy = Read(text);
        Assert.Equal((StsMode.Enforce, TimeSpan.FromDays(7)), (policy.Mode, policy.MaxAge));
        Assert.Equal(["mail.example.com", "*.example.net", "backupmx.example.com"], policy.Mx);
    }

    [Theory]
    [InlineData("mode: enforce\nmx: a.test\nmax_age: 1", "version")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.test\nmax_age: 1", "version")]
    [InlineData("version: STSv1\nmx: a.test\nmax_age: 1", "mode")]
    [InlineData("version: STSv1\nmode: Enforce\nmx: a.test\nmax_age: 1", "mode")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test", "max_age")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1", "max_age")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: 31557601", "max_age")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1", "mx")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1", "mx")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.*.test\nmax_age: 1", "mx")]
    [InlineData("version: STSv1\nmode: enforce\nmx: 127.0.0.1\nmax_age: 1", "mx")]
    [InlineData("<html>", "key: value")]
    [InlineData("", "version")]
    public void What_is_none_is_told_by_name(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Octets_that_are_not_utf_8_are_no_policy() => Assert.Throws<FormatException>(() => StsPolicyReader.Policy([0xFF, 0xFE]));

    [Theory]
    [InlineData("mx.example.com", "mx.example.com", true)]
    [InlineData("mx.example.com", "mx2.example.com", false)]
    [InlineData("*.example.com", "mx.example.com", true)]
    [InlineData("*.example.com", "a.mx.example.com", false)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "mx.badexample.com", false)]
    public void A_wildcard_stands_for_one_label(string pattern, string host, bool isPermitted) =>
        Assert.Equal(isPermitted, Read($"version: STSv1\nmode: enforce\nmx: {pattern}\nmax_age: 1").Permits(host));

    private static StsPolicy Read(string text) => StsPolicyReader.Policy(Encoding.UTF8.GetBytes(text));
}
