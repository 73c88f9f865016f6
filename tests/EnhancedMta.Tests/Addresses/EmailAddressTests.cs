using CsCheck;
using EnhancedMta.Addresses;

namespace EnhancedMta.Tests.Addresses;

public sealed class EmailAddressTests
{
    [Theory]
    [InlineData("jane@example.com", "jane", "example.com")]
    [InlineData("Jane.Doe+x@EXAMPLE.Com", "Jane.Doe+x", "example.com")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@a-1.example", "!#$%&'*+-/=?^_`{|}~", "a-1.example")]
    [InlineData("\"a b\"@example.com", "\"a b\"", "example.com")]
    [InlineData("\"a@b\"@example.com", "\"a@b\"", "example.com")]
    [InlineData("\"a..b\"@docomo.example", "\"a..b\"", "docomo.example")]
    [InlineData("\"a\\\"b\"@example.com", "\"a\\\"b\"", "example.com")]
    [InlineData("\"\"@example.com", "\"\"", "example.com")]
    [InlineData("élodie@example.com", "élodie", "example.com")]
    [InlineData("用户@例え.テスト", "用户", "xn--r8jz45g.xn--zckzah")]
    [InlineData("a@MÜNCHEN.de", "a", "xn--mnchen-3ya.de")]
    [InlineData("a@bücher。example", "a", "xn--bcher-kva.example")]
    [InlineData("a@xn--bcher-kva.example", "a", "xn--bcher-kva.example")]
    public void An_address_is_taken_apart_with_its_domain_in_lower_case_a_labels(string text, string local, string domain)
    {
        Assert.True(EmailAddress.TryParse(text, out var address, out var error), error);
        Assert.Null(error);
        Assert.Equal(new EmailAddress(local, domain), address);
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("", "empty")]
    [InlineData("jane", "no @")]
    [InlineData("@example.com", "nothing stands before the @")]
    [InlineData("jane@", "nothing stands after the @")]
    [InlineData("jane@example.com\r\nBcc: all@example.com", "line break")]
    [InlineData("jane\n@example.com", "line break")]
    [InlineData("ja\0ne@example.com", "control character")]
    [InlineData("\"ja\tne\"@example.com", "control character")]
    [InlineData("jane@exa\u0001mple.com", "control character")]
    [InlineData("ja\u200Bne@example.com", "invisible")]
    [InlineData("jane\u00A0x@example.com", "space")]
    [InlineData("Jane <jane@example.com>", "bare address")]
    [InlineData("jane doe@example.com", "not allowed")]
    [InlineData("a@b@example.com", "not allowed")]
    [InlineData(".jane@example.com", "dots")]
    [InlineData("jane.@example.com", "dots")]
    [InlineData("ja..ne@example.com", "dots")]
    [InlineData("\"jane@example.com", "double quote")]
    [InlineData("\"ja\"ne\"@example.com", "double quote")]
    [InlineData("\"jane\\\"@example.com", "backslash")]
    [InlineData("jane@[1.2.3.4]", "literal")]
    [InlineData("jane@[IPv6:::1]", "literal")]
    [InlineData("jane@1.2.3.4", "number")]
    [InlineData("jane@example", "fully qualified")]
    [InlineData("jane@.example.com", "empty label")]
    [InlineData("jane@example..com", "empty label")]
    [InlineData("jane@example.com.", "empty label")]
    [InlineData("jane@-example.com", "hyphen")]
    [InlineData("jane@example-.com", "hyphen")]
    [InlineData("jane@exa_mple.com", "'_'")]
    [InlineData("jane@exa mple.com", "' '")]
    [InlineData("jane@bu\u0308cher.example", "normalised")]
    [InlineData("jane@\uFF21\uFF22\uFF23.example", "normalised")]
    [InlineData("jane@b\u200Dücher.example", "invisible")]
    public void What_is_no_address_is_refused_with_the_reason(string? text, string reason)
    {
        Assert.False(EmailAddress.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain(error, char.IsControl);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        Assert.False(EmailAddress.TryParse("ja\uD800ne@example.com", out _, out _));
        Assert.False(EmailAddress.TryParse("jane@exa\uDC00mple.com", out _, out _));
    }

    [Fact]
    public void Lengths_are_counted_in_octets_at_their_limits()
    {
        Assert.True(EmailAddress.TryParse(new string('a', 64) + "@example.com", out _, out _));
        Assert.False(EmailAddress.TryParse(new string('a', 65) + "@example.com", out _, out var error));
        Assert.Contains("64", error, StringComparison.Ordinal);
        Assert.True(EmailAddress.TryParse(new string('é', 32) + "@example.com", out _, out _));
        Assert.False(EmailAddress.TryParse(new string('é', 33) + "@example.com", out _, out _));
        Assert.True(EmailAddress.TryParse("a@" + new string('b', 63) + ".com", out _, out _));
        Assert.False(EmailAddress.TryParse("a@" + new string('b', 64) + ".com", out _, out _));
        var label = new string('b', 62);
        Assert.True(EmailAddress.TryParse($"a@{label}.{label}.{label}.{label}", out _, out _));
        Assert.False(EmailAddress.TryParse($"aaa@{label}.{label}.{label}.{label}", out _, out error));
        Assert.Contains("254", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_utf8_local_part_needs_smtputf8_and_a_utf8_domain_does_not()
    {
        Assert.True(EmailAddress.TryParse("élodie@example.com", out var utf8, out _));
        Assert.True(EmailAddress.TryParse("jane@bücher.example", out var ascii, out _));
        Assert.True(utf8.NeedsSmtpUtf8);
        Assert.False(ascii.NeedsSmtpUtf8);
    }

    [Fact]
    public void Whatever_is_accepted_is_read_again_as_the_same_and_has_no_control_characters() =>
        Gen.OneOf(Gen.String, Gen.Select(Gen.String, Gen.String, (a, b) => $"{a}@{b}.example"), Gen.Select(Gen.String, a => $"\"{a}\"@example.com"))
            .Sample(text =>
            {
                if (!EmailAddress.TryParse(text, out var address, out var error))
                {
                    Assert.DoesNotContain(error, char.IsControl);
                    return;
                }
                Assert.True(EmailAddress.TryParse(address.ToString(), out var again, out error), error);
                Assert.Equal(address, again);
                Assert.DoesNotContain(address.ToString(), char.IsControl);
            }, iter: 5_000);
}
