using System.Net;
using System.Security.Cryptography;
using EnhancedMta.Sites;
using EnhancedMta.StrangerUrls;
using EnhancedMta.Webhooks;

namespace EnhancedMta.Tests.Webhooks;

/// <summary>Who sent it, and what is asked of whom to know that.</summary>
public sealed class SesWebhookTests : IClassFixture<AmazonSns>
{
    private const string Open = """{"eventType": "Open", "mail": {}}""";

    private readonly AmazonSns _sns;
    private readonly WebhookReceiver _receiver;

    public SesWebhookTests(AmazonSns sns) => (_sns, _receiver) = (sns, Receiver(sns.Client));

    [Theory]
    [InlineData("1", null)]
    [InlineData("2", null)]
    [InlineData("2", "Amazon SES Email Event Notification")]
    public async Task Both_versions_of_the_signature_prove(string version, string? subject)
    {
        var request = _sns.Notification(Open, e =>
        {
            e["SignatureVersion"] = version;
            if (subject is not null)
                e["Subject"] = subject;
        });
        Assert.Equal(1, (await _receiver.ReadAsync("ses", request)).Ignored["Open"]);
    }

    [Theory]
    [InlineData("Message", "{}")]
    [InlineData("MessageId", "33b80b92-fdea-4c2c-8f9d-bdfb0c7bf324")]
    [InlineData("Subject", "added")]
    [InlineData("Timestamp", "2026-03-14T09:20:02.000Z")]
    [InlineData("Type", "SubscriptionConfirmation")]
    [InlineData("SignatureVersion", "1")]
    [InlineData("SignatureVersion", "3")]
    [InlineData("Signature", "AAAA")]
    [InlineData("Signature", "no base64!")]
    public async Task Whatever_is_changed_after_signing_is_seen(string field, string value) =>
        await _receiver.RefusedAsync("ses", _sns.Notification(Open, tamper: e => e[field] = value));

    [Fact]
    public async Task A_signature_of_another_key_is_refused()
    {
        using var other = RSA.Create(2048);
        await _receiver.RefusedAsync("ses", _sns.Notification(Open, key: other));
    }

    [Fact]
    public async Task A_topic_of_somebody_else_is_refused_before_anybody_is_asked()
    {
        var url = Pem("stranger");
        _sns.Answer(new Uri(url), 200, _sns.SigningCertificate());
        var request = _sns.Notification(Open, e => (e["TopicArn"], e["SigningCertURL"]) = ("arn:aws:sns:eu-west-1:999999999999:bounces", url));
        Assert.Contains("topic", await _receiver.RefusedAsync("ses", request), StringComparison.Ordinal);
        Assert.Equal(0, _sns.TimesAsked(url));
    }

    [Fact]
    public async Task The_certificate_is_fetched_once_however_many_need_it()
    {
        var url = Pem("once");
        _sns.Answer(new Uri(url), 200, _sns.SigningCertificate());
        var request = _sns.Notification(Open, e => e["SigningCertURL"] = url);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => _receiver.ReadAsync("ses", request))));
        Assert.Equal(1, _sns.TimesAsked(url));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_had_now_is_asked_for_again()
    {
        var url = Pem("later");
        var request = _sns.Notification(Open, e => e["SigningCertURL"] = url);
        _sns.Answer(new Uri(url), 503, "busy");
        Assert.IsType<WebhookResult.Unavailable>(await ReceiveAsync(_receiver, request));
        _sns.Answer(new Uri(url), 200, _sns.SigningCertificate());
        await _receiver.ReadAsync("ses", request);
    }

    [Fact]
    public async Task When_nobody_answers_the_provider_should_try_again()
    {
        using var deaf = _sns.ClientAt(1);
        Assert.IsType<WebhookResult.Unavailable>(await ReceiveAsync(Receiver(deaf), _sns.Notification(Open)));
    }

    [Fact]
    public async Task A_certificate_that_is_none_of_SNS_proves_nothing()
    {
        foreach (var (name, status, body) in new[]
        {
            ("other-name", 200, _sns.SigningCertificate("mail.amazonaws.com")), ("other-domain", 200, _sns.SigningCertificate("sns.amazonaws.com.example")),
            ("garbage", 200, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"), ("empty", 200, ""), ("missing", 404, ""), ("moved", 301, ""),
            ("huge", 200, new string('x', 200_000)), ("short-key", 200, ShortKey()),
        })
        {
            _sns.Answer(new Uri(Pem(name)), status, body);
            await _receiver.RefusedAsync("ses", _sns.Notification(Open, e => e["SigningCertURL"] = Pem(name)));
        }
    }

    [Fact]
    public async Task A_certificate_proves_as_long_as_it_is_valid()
    {
        var url = Pem("expiring");
        _sns.Answer(new Uri(url), 200, _sns.SigningCertificate(days: 10));
        var request = _sns.Notification(Open, e => e["SigningCertURL"] = url);
        await Receiver(_sns.Client, Webhook.Now.AddDays(9)).ReadAsync("ses", request);
        await Receiver(_sns.Client, Webhook.Now.AddDays(11)).RefusedAsync("ses", request);
        await Receiver(_sns.Client, Webhook.Now.AddDays(-31)).RefusedAsync("ses", request);
    }

    [Theory]
    [InlineData("http://sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com.evil.example/x.pem")]
    [InlineData("https://evil.example/sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://evilsns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://x.sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://bucket.s3.amazonaws.com/x.pem")]
    [InlineData("https://sns.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com:8443/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com@evil.example/x.pem")]
    [InlineData("https://user@sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/?x=.pem")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.pem?y=1")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.crt")]
    [InlineData("https://sns.eu-west-1.amazonaws.com/x.pem#y")]
    [InlineData("https://sns.eu-west-1.amazonaws.com\n.evil.example/x.pem")]
    [InlineData("https://sns..amazonaws.com/x.pem")]
    [InlineData("sns.eu-west-1.amazonaws.com/x.pem")]
    [InlineData("")]
    public async Task A_certificate_from_elsewhere_is_not_even_looked_at(string url)
    {
        // Its receiver has no network: asking would throw.
        Assert.Contains("SigningCertURL", await Receiver(null).RefusedAsync("ses", _sns.Notification(Open, e => e["SigningCertURL"] = url)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")]
    [InlineData("https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0123456789abcdef.pem")]
    public void Amazons_own_addresses_are_known(string url) => Assert.NotNull(SnsUrls.Certificate(url));

    [Fact]
    public async Task A_subscription_to_our_topic_is_confirmed()
    {
        var url = Subscribe("ours");
        _sns.Answer(new Uri(url), 200, "<ConfirmSubscriptionResponse/>");
        Assert.Equal(1, (await _receiver.ReadAsync("ses", _sns.Confirmation(e => e["SubscribeURL"] = url))).Ignored["SubscriptionConfirmation"]);
        Assert.Equal(1, _sns.TimesAsked(url));
    }

    [Fact]
    public async Task A_subscription_that_is_forged_or_of_strangers_is_not_confirmed()
    {
        var url = Subscribe("forged");
        _sns.Answer(new Uri(url), 200, "");
        await _receiver.RefusedAsync("ses", _sns.Confirmation(tamper: e => e["SubscribeURL"] = url));
        await _receiver.RefusedAsync("ses", _sns.Confirmation(e => e["SubscribeURL"] = url, tamper: e => e["Token"] = "other"));
        await _receiver.RefusedAsync("ses", _sns.Confirmation(e => (e["SubscribeURL"], e["TopicArn"]) = (url, "arn:aws:sns:eu-west-1:999999999999:bounces")));
        await _receiver.RefusedAsync("ses", _sns.Confirmation(e => e["SubscribeURL"] = "https://evil.example/?Action=ConfirmSubscription"));
        await _receiver.RefusedAsync("ses", _sns.Confirmation(e => e.Remove("SubscribeURL")));
        Assert.Equal(0, _sns.TimesAsked(url));
    }

    [Fact]
    public async Task A_confirmation_that_fails_is_tried_again_by_SNS()
    {
        _sns.Answer(new Uri(Subscribe("busy")), 500, "");
        Assert.IsType<WebhookResult.Unavailable>(await ReceiveAsync(_receiver, _sns.Confirmation(e => e["SubscribeURL"] = Subscribe("busy"))));
    }

    [Fact]
    public async Task The_client_for_it_follows_no_redirect_and_trusts_no_stranger()
    {
        // The host is an address here: no name is looked up.
        var dns = new DnsOptions { NameServers = [new IPEndPoint(IPAddress.Loopback, 9)] };
        var addresses = new HostAddresses(new DnsRecords(dns.CreateClient(), dns), dns, TimeProvider.System);
        using (var strict = WebhookReceiver.CreateHttpClient(addresses))
            await Assert.ThrowsAsync<HttpRequestException>(() => new SnsHttp(strict).ConfirmAsync(_sns.Plain, TestContext.Current.CancellationToken));
        using var http = WebhookReceiver.CreateHttpClient(addresses, TrustedHosts.Of(_sns.Plain.IdnHost));
        var sns = new SnsHttp(http);
        var moved = new Uri(_sns.Plain, "/moved");
        _sns.Answer(moved, 301, "");
        await Assert.ThrowsAsync<SnsRefusedException>(() => sns.ConfirmAsync(moved, TestContext.Current.CancellationToken));
        var stranger = new Uri(_sns.Secure, "/stranger");
        _sns.Answer(stranger, 200, "");
        await Assert.ThrowsAsync<HttpRequestException>(() => sns.ConfirmAsync(stranger, TestContext.Current.CancellationToken));
        Assert.Equal(0, _sns.TimesAsked(stranger.ToString()));
    }

    [Fact]
    public async Task The_end_of_a_subscription_is_counted_and_not_undone() =>
        Assert.Equal(1, (await _receiver.ReadAsync("ses", _sns.Confirmation(e => e["Type"] = "UnsubscribeConfirmation"))).Ignored["UnsubscribeConfirmation"]);

    [Fact]
    public async Task A_body_of_another_shape_is_told_what_was_expected()
    {
        foreach (var body in new[] { "[]", "{}", Open, "{\"Type\": \"Notification\"}" })
            Assert.Contains("raw message delivery", await _receiver.MalformedAsync("ses", Webhook.Request(body)), StringComparison.Ordinal);
        Assert.Contains("Amazon SES", await _receiver.MalformedAsync("ses", _sns.Notification("hello")), StringComparison.Ordinal);
    }

    private static string Pem(string name) => $"https://{AmazonSns.Host}/SimpleNotificationService-{name}.pem";

    private static string Subscribe(string name) => $"https://{AmazonSns.Host}/?Action=ConfirmSubscription&Token={name}";

    private static string ShortKey()
    {
        using var key = RSA.Create(1024);
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=sns.amazonaws.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(Webhook.Now.AddDays(-1), Webhook.Now.AddDays(1));
        return certificate.ExportCertificatePem();
    }

    private static WebhookReceiver Receiver(HttpClient? http, DateTimeOffset? now = null) => Webhook.Receiver(new WebhookSettings { SesTopics = [AmazonSns.Topic] }, http, now);

    private static Task<WebhookResult> ReceiveAsync(WebhookReceiver receiver, WebhookRequest request) => receiver.ReceiveAsync("ses", request, TestContext.Current.CancellationToken);
}
