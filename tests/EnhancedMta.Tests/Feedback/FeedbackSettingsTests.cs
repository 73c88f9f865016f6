using System.Text;
using EnhancedMta.Feedback.Push;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Feedback;

public sealed class FeedbackSettingsTests
{
    private static readonly string Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));

    [Fact]
    public void Url_and_two_keys_are_read()
    {
        var (settings, faults) = Read(("Url", "https://campaign.example.com/f.jssp?t=1"), ("Keys:0:Id", "2026-11"), ("Keys:0:Secret", Secret), ("Keys:1:Id", "2026-12"), ("Keys:1:Secret", Secret));
        Assert.Empty(faults);
        Assert.Equal(["2026-11", "2026-12"], settings.Keys.Select(k => k.Id));
        Assert.Equal("https://campaign.example.com/f.jssp", settings.Endpoint!.Shown);
        Assert.Matches("^[0-9a-f]{16}$", settings.Endpoint.Id);
    }

    [Theory]
    [InlineData("Url", "https://campaign.example.com/", "there is no key")]
    [InlineData("Url", "campaign.example.com", "must be an absolute URL")]
    [InlineData("TrustedHosts:0", "a b", "TrustedHosts: 'a b' is neither a host name nor an address")]
    [InlineData("Keys:0:Id", "a=b", "Keys__0__Id")]
    [InlineData("Keys:0:Id", "one", "Keys__0__Secret: must be base64")]
    public void What_cannot_be_used_is_said(string name, string value, string fault)
    {
        var (settings, faults) = Read((name, value));
        Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Null(settings.Endpoint);
    }

    [Fact]
    public void Plain_http_needs_leave_and_secrets_are_not_told()
    {
        (string, string)[] http = [("Url", "http://campaign.example.com/?secret=x"), ("Keys:0:Id", "one"), ("Keys:0:Secret", Secret)];
        var fault = Assert.Single(Read(http).Faults);
        Assert.Contains("must begin with https://", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret=x", fault, StringComparison.Ordinal);
        var (settings, faults) = Read([.. http, ("TrustedHosts:0", "campaign.example.com")]);
        Assert.Empty(faults);
        Assert.NotNull(settings.Endpoint);
        Assert.DoesNotContain("0123", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Three_keys_are_one_too_many() =>
        Assert.Contains("at most 2", Assert.Single(Read([.. "abc".SelectMany((id, n) => new[] { ($"Keys:{n}:Id", $"{id}"), ($"Keys:{n}:Secret", Secret) })]).Faults), StringComparison.Ordinal);

    [Fact]
    public void A_signature_is_the_HMAC_of_time_batch_and_body() =>
        // From: printf '1764345600.1_2.{"a":1}' | openssl dgst -sha256 -hmac '0123456789abcdef0123456789abcdef'
        Assert.Equal(
            "k=c8b529ce4bbbc4da748784f948e84eb1681bd0da2f5dabebefa1b33db8a96582",
            PushSignature.Sign([new FeedbackKey("k", Convert.FromBase64String(Secret))], PushSignature.Timestamp(DateTimeOffset.FromUnixTimeSeconds(1764345600)), "1_2", """{"a":1}"""u8));

    private static (FeedbackSettings Settings, List<string> Faults) Read(params (string Name, string Value)[] values)
    {
        var faults = new List<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create($"EnhancedMta:Feedback:{v.Name}", (string?)v.Value))).Build();
        return (FeedbackSettings.Read(configuration.GetSection("EnhancedMta:Feedback"), faults), faults);
    }
}
