using System.Security.Cryptography;
using EnhancedMta.Webhooks;
using Microsoft.Extensions.Configuration;

namespace EnhancedMta.Tests.Webhooks;

public sealed class WebhookSettingsTests
{
    private const string Secret = "a secret of some length";

    [Fact]
    public async Task Without_settings_all_is_off_and_nothing_is_wrong()
    {
        var (settings, faults) = Read();
        Assert.Empty(faults);
        foreach (var source in WebhookReceiver.Sources)
            Assert.IsType<WebhookResult.NotConfigured>(await Webhook.Receiver(settings).ReceiveAsync(source, Webhook.Request(""), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_its_setting_each_source_is_on()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (settings, faults) = Read(
            ("sparkpost:User", "spark"), ("sparkpost:Password", Secret), ("sendgrid:PublicKey", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())),
            ("ses:TopicArns:0", "arn:aws:sns:eu-west-1:123456789012:bounces"), ("ses:TopicArns:1", "arn:aws-cn:sns:cn-north-1:123456789012:bounces"),
            ("mailgun:SigningKey:0", Secret), ("mailgun:SigningKey:1", Secret + "2"), ("postmark:Token", Secret), ("acs:Token", Secret));
        Assert.Empty(faults);
        foreach (var source in WebhookReceiver.Sources)
        {
            var result = await Webhook.Receiver(settings).ReceiveAsync(source, Webhook.Request("7"), TestContext.Current.CancellationToken);
            Assert.True(result is WebhookResult.Unauthorized or WebhookResult.Malformed, source);
        }
        Assert.Equal((2, 2), (settings.SesTopics.Count, settings.MailgunKeys.Count));
    }

    [Fact]
    public void A_single_value_needs_no_number()
    {
        var (settings, faults) = Read(("mailgun:SigningKey", Secret));
        Assert.Single(settings.MailgunKeys);
        Assert.Empty(faults);
    }

    [Theory]
    [InlineData("sendgird:PublicKey", "x", "EnhancedMta__Webhooks__sendgird")]
    [InlineData("sparkpost:User", "spark", "EnhancedMta__Webhooks__sparkpost")]
    [InlineData("postmark:Password", Secret, "EnhancedMta__Webhooks__postmark")]
    [InlineData("sparkpost:Token", "too short", "EnhancedMta__Webhooks__sparkpost__Token")]
    [InlineData("acs:Token", "too short", "EnhancedMta__Webhooks__acs__Token")]
    [InlineData("mailgun:SigningKey:1", "too short", "EnhancedMta__Webhooks__mailgun__SigningKey__1")]
    [InlineData("sendgrid:PublicKey", "no base64!", "EnhancedMta__Webhooks__sendgrid__PublicKey")]
    [InlineData("sendgrid:PublicKey", "AAAAAAAAAAAA", "EnhancedMta__Webhooks__sendgrid__PublicKey")]
    [InlineData("ses:TopicArns:0", "bounces", "EnhancedMta__Webhooks__ses__TopicArns__0")]
    public void A_fault_is_named_as_the_setting_is_written(string name, string value, string named)
    {
        var fault = Assert.Single(Read((name, value)).Faults);
        Assert.StartsWith(named + ":", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_with_a_colon_cannot_be_sent() =>
        Assert.StartsWith("EnhancedMta__Webhooks__postmark__User:", Assert.Single(Read(("postmark:User", "a:b"), ("postmark:Password", Secret)).Faults), StringComparison.Ordinal);

    [Fact]
    public void A_key_of_another_curve_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Single(Read(("sendgrid:PublicKey", Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()))).Faults);
    }

    [Fact]
    public void No_fault_tells_a_secret()
    {
        var (_, faults) = Read(("acs:Token", "hush"), ("mailgun:SigningKey:0", "hush"), ("postmark:Password", "hush"), ("sparkpost:User", "x"), ("sparkpost:Password", "hush"));
        Assert.Equal(4, faults.Count);
        Assert.DoesNotContain(faults, f => f.Contains("hush", StringComparison.Ordinal));
    }

    private static (WebhookSettings Settings, List<string> Faults) Read(params (string Name, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(v => $"EnhancedMta:Webhooks:{v.Name}", v => (string?)v.Value)).Build();
        var faults = new List<string>();
        return (WebhookSettings.Read(configuration.GetSection("EnhancedMta:Webhooks"), faults), faults);
    }
}
